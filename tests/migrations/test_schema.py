"""The migrations lead to what the models say, and a version that is not ours is refused."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from paqte.models import Base
from paqte.ops.base.damage import BaseRefused
from paqte.ops.base.migration import MIGRATIONS, check_base, upgrade_base


def migrated(url: str, tmp_path: Path, now: datetime) -> Engine:
    upgrade_base(url, backups=tmp_path / "sauvegardes", now=now)
    return create_engine(url)


def checks_of(engine: Engine) -> dict[str, set[tuple[str | None, str]]]:
    inspector = inspect(engine)
    return {
        table: {(c["name"], re.sub(r"\s", "", c["sqltext"])) for c in inspector.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_migrated_tables_are_those_of_the_models(empty_url: str, tmp_path: Path, now: datetime) -> None:
    engine = migrated(empty_url, tmp_path, now)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_migrated_checks_are_those_of_the_models(
    empty_url: str, database_url: str, tmp_path: Path, now: datetime
) -> None:
    engine, expected = migrated(empty_url, tmp_path, now), create_engine(database_url)
    assert checks_of(engine) == checks_of(expected)
    engine.dispose()
    expected.dispose()


def test_a_second_upgrade_does_nothing(empty_url: str, tmp_path: Path, now: datetime) -> None:
    numbers = upgrade_base(empty_url, backups=tmp_path / "sauvegardes", now=now)
    assert numbers[0] == "0001"
    assert upgrade_base(empty_url, backups=tmp_path / "sauvegardes", now=now) == ()
    assert check_base(empty_url) == numbers[-1]
    assert not (tmp_path / "sauvegardes").exists()


def test_a_newer_version_is_refused_and_left_alone(empty_url: str, tmp_path: Path, now: datetime) -> None:
    engine = migrated(empty_url, tmp_path, now)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (check_base, lambda url: upgrade_base(url, backups=tmp_path, now=now)):
        with pytest.raises(BaseRefused, match=r"9999.*plus récente"):
            attempt(empty_url)  # type: ignore[operator]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_base_that_paqte_did_not_make_is_refused(empty_url: str, tmp_path: Path, now: datetime) -> None:
    Path(tmp_path / "vide").mkdir(exist_ok=True)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE factures (id INTEGER)"))
    with pytest.raises(BaseRefused, match="ne vient pas de PAQTE"):
        upgrade_base(empty_url, backups=tmp_path, now=now)
    assert inspect(engine).get_table_names() == ["factures"]
    engine.dispose()


def test_an_older_version_is_named_with_the_remedy(
    empty_url: str, migrations: Path, tmp_path: Path, now: datetime
) -> None:
    last = sorted((migrations / "versions").glob("0*.py"))[-1]
    last.unlink()
    upgrade_base(empty_url, backups=tmp_path, now=now, migrations=migrations)
    with pytest.raises(BaseRefused, match="paqte base migrer"):
        check_base(empty_url)


def test_migrations_are_numbered_in_the_order_in_which_they_follow_one_another() -> None:
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    numbers = [name[:4] for name in names]
    assert numbers[0] == "0001" and len(set(numbers)) == len(numbers)
    for name, number, former in zip(names, numbers, [None, *numbers], strict=False):
        found: dict[str, Any] = {}
        exec((MIGRATIONS / "versions" / name).read_text(encoding="utf-8"), found)
        assert (found["revision"], found["down_revision"]) == (number, former)
