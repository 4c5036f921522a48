"""A migration stopped midway leaves the former version; one that goes through was preceded by a back-up."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from paqte.ops.base.damage import BaseRefused
from paqte.ops.base.migration import upgrade_base

pytestmark = pytest.mark.lent

NEXT = '''"""A step for the tests."""

import os
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{former}"


def upgrade():
    op.create_table("premiere", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("region") as table:
        table.add_column(sa.Column("surnom", sa.String(80)))
    {body}
    op.create_table("seconde", sa.Column("id", sa.Integer, primary_key=True))
'''

UPGRADE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from paqte.ops.base.migration import upgrade_base
url, backups, migrations = sys.argv[1:]
print("pret", flush=True)
upgrade_base(url, backups=Path(backups), now=datetime(2026, 11, 22, tzinfo=UTC), migrations=Path(migrations))
"""


def add_step(migrations: Path, body: str) -> str:
    """A next migration whose middle does `body`; gives its number."""
    former = sorted((migrations / "versions").glob("0*.py"))[-1].name[:4]
    number = f"{int(former) + 1:04d}"
    text_ = NEXT.format(number=number, former=former, body=body)
    (migrations / "versions" / f"{number}_essai.py").write_text(text_, encoding="utf-8")
    return number


def state_of(url: str) -> tuple[str | None, bool, bool, bool]:
    """Version; whether each of the three changes of the added step is there."""
    engine = create_engine(url)
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        found = inspect(connection)
        columns = {column["name"] for column in found.get_columns("region")}
        state = version, found.has_table("premiere"), "surnom" in columns, found.has_table("seconde")
    engine.dispose()
    return state


def upgrade(url: str, tmp_path: Path, migrations: Path, now: datetime) -> tuple[str, ...]:
    return upgrade_base(url, backups=tmp_path / "sauvegardes", now=now, migrations=migrations)


def test_an_error_midway_leaves_the_former_version(
    empty_url: str, migrations: Path, tmp_path: Path, now: datetime
) -> None:
    former = upgrade(empty_url, tmp_path, migrations, now)[-1]
    add_step(migrations, "raise RuntimeError('disque plein')")
    with pytest.raises(RuntimeError, match="disque plein"):
        upgrade(empty_url, tmp_path, migrations, now)
    assert state_of(empty_url) == (former, False, False, False)


def test_a_kill_midway_leaves_the_former_version_and_the_next_start_finishes(
    empty_url: str, migrations: Path, tmp_path: Path, now: datetime
) -> None:
    former = upgrade(empty_url, tmp_path, migrations, now)[-1]
    add_step(migrations, "os.kill(os.getpid(), 9)")
    done = subprocess.run([sys.executable, "-c", UPGRADE, empty_url, tmp_path / "s", migrations], check=False)
    assert done.returncode == -signal.SIGKILL
    assert state_of(empty_url) == (former, False, False, False)
    number = _mend(migrations)
    assert upgrade(empty_url, tmp_path, migrations, now) == (number,)
    assert state_of(empty_url) == (number, True, True, True)


def _mend(migrations: Path) -> str:
    path = sorted((migrations / "versions").glob("0*.py"))[-1]
    path.write_text(path.read_text(encoding="utf-8").replace("os.kill(os.getpid(), 9)", "pass"), encoding="utf-8")
    return path.name[:4]


def test_killed_at_random_moments_the_base_is_at_the_old_or_the_new_version(
    empty_url: str, migrations: Path, tmp_path: Path, now: datetime
) -> None:
    former = upgrade(empty_url, tmp_path, migrations, now)[-1]
    number = add_step(migrations, "import time; time.sleep(0.05)")
    chance = random.Random(41)
    for _ in range(6):
        command = [sys.executable, "-c", UPGRADE, empty_url, tmp_path / "s", migrations]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.25))
            child.kill()
        state = state_of(empty_url)
        assert state in ((former, False, False, False), (number, True, True, True))


def test_two_upgrades_at_once_run_each_step_once(
    empty_url: str, migrations: Path, tmp_path: Path, now: datetime
) -> None:
    command = [sys.executable, "-c", UPGRADE, empty_url, tmp_path / "s", migrations]
    children = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert upgrade(empty_url, tmp_path, migrations, now) == ()


def test_a_base_being_made_is_never_a_file_of_0_byte(migrations: Path, tmp_path: Path) -> None:
    base = tmp_path / "paqte.sqlite3"
    command = [sys.executable, "-c", UPGRADE, f"sqlite:///{base}", tmp_path / "s", migrations]
    sizes: list[int] = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        while child.poll() is None:
            sizes += [base.stat().st_size] if base.exists() else []
            time.sleep(0.001)
    assert child.returncode == 0
    assert sizes and min(sizes) > 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [migrations.name]


def test_a_base_with_data_is_saved_before_it_changes(migrations: Path, tmp_path: Path, now: datetime) -> None:
    url = f"sqlite:///{tmp_path / 'paqte.sqlite3'}"
    former = upgrade(url, tmp_path, migrations, now)[-1]
    number = add_step(migrations, "pass")
    upgrade(url, tmp_path, migrations, now)
    (saved,) = (tmp_path / "sauvegardes").iterdir()
    assert saved.name == f"avant-migration-{number}-20261122-090000.sqlite3"
    assert state_of(f"sqlite:///{saved}") == (former, False, False, False)


def test_a_step_that_breaks_a_reference_is_given_up(migrations: Path, tmp_path: Path, now: datetime) -> None:
    url = f"sqlite:///{tmp_path / 'paqte.sqlite3'}"
    former = upgrade(url, tmp_path, migrations, now)[-1]
    add_step(
        migrations,
        "op.execute(\"INSERT INTO departement (code, nom, region_code, prefecture) VALUES ('41', 'X', '99', '')\")",
    )
    with pytest.raises(BaseRefused, match="departement"):
        upgrade(url, tmp_path, migrations, now)
    assert state_of(url) == (former, False, False, False)
