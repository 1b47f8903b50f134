"""What a helper may register. No database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linli.help.supply.core.helpers import SKILLS, bad_skill, bad_slot


@given(st.lists(st.one_of(st.sampled_from(SKILLS), st.text(max_size=6))))
def test_the_first_unknown_skill_is_named(skills: list[str]) -> None:
    bad = bad_skill(skills)
    assert (bad is None) == set(skills).issubset(SKILLS)
    if bad is not None:
        assert bad not in SKILLS
        assert set(skills[: skills.index(bad)]) <= set(SKILLS)


@given(st.lists(st.tuples(st.integers(-2, 8), st.integers(-10, 1500), st.integers(-10, 1500)), max_size=6))
def test_the_first_slot_that_can_not_be_is_named(slots: list[tuple[int, int, int]]) -> None:
    good = [slot for slot in slots if slot[0] in range(7) and slot[1] in range(1440) and slot[1] < slot[2] <= 1440]
    bad = bad_slot(slots)
    assert (bad is None) == (good == slots)
    assert bad is None or (bad in slots and bad not in good)
