"""The seal of a validated declaration gives back what was validated, exactly (R18)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.declarations.sceau import Sceau, Scelle, read_facts, seal, unseal

figures = st.one_of(
    st.none(),
    st.integers(0, 10**12),
    st.decimals(0, 10**12, places=2, allow_nan=False, allow_infinity=False),
)
answers = st.lists(
    st.builds(
        Scelle,
        st.integers(1, 10**6),
        st.sampled_from(["S2", "F1p", "X1"]),
        st.sampled_from(["nombre", "neant", "manquante"]),
        figures,
        figures,
        figures,
    ),
    unique_by=lambda a: a.engagement,
    max_size=30,
)


@given(answers)
def test_R18_a_seal_gives_back_every_answer_exactly(given_answers: list[Scelle]) -> None:
    assert unseal(seal(given_answers)) == sorted(given_answers, key=lambda a: a.engagement)


@given(answers)
def test_R18_the_same_answers_in_another_order_give_the_same_seal(given_answers: list[Scelle]) -> None:
    assert seal(reversed(given_answers)) == seal(given_answers)


@given(st.lists(answers, max_size=5))
def test_several_seals_give_the_facts_of_each_declaration_in_the_order_given(many: list[list[Scelle]]) -> None:
    seals = [Sceau(1, 2, rank, "2026-T1", seal(one)) for rank, one in enumerate(many)]
    found = [(f.declaration, *f[3:5], *f[7:]) for f in read_facts("41", seals)]
    assert found == [(s.declaration, *answer) for s in seals for answer in unseal(s.texte)]


def test_R13_a_missing_answer_stays_missing_under_the_seal() -> None:
    missing = Scelle(1, "S2", "manquante", None, None, None)
    assert unseal(seal([missing]))[0].valeur is None


def test_a_figure_with_cents_stays_exact_under_the_seal() -> None:
    assert unseal(seal([Scelle(1, "A2", "nombre", Decimal("1234567.89"), None, None)]))[0].valeur == Decimal(
        "1234567.89"
    )
