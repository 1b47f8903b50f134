"""The kernel's promises, by properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import canon, clock, ids, stats, text, units
from linli.kernel.actor import Actor, Post, Role
from linli.kernel.hours import Agreed, Disputed, settle_claims

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, MOMENTS)
def test_ids_of_later_moments_sort_later(one: datetime, other: datetime) -> None:
    a, b = ids.new_id(one), ids.new_id(other)
    assert a.version == 7
    assert a.variant == "specified in RFC 4122"
    if other - one >= timedelta(milliseconds=1):
        assert a < b


@given(st.integers(min_value=0, max_value=10**15))
def test_readable_numbers_are_distinct_and_without_look_alikes(value: int) -> None:
    number = ids.readable(value)
    assert not set(number) & set("01OIL")
    assert ids.readable(value + 1) != number


def test_readable_refuses_negative_numbers() -> None:
    with pytest.raises(ValueError, match="negative"):
        ids.readable(-1)


@given(st.integers(min_value=-(10**7), max_value=10**7))
def test_hours_and_minutes_add_up(value: int) -> None:
    hours, rest = units.hours_and_minutes(value)
    assert hours * 60 + rest == value
    assert abs(rest) < 60


@given(st.text(max_size=80))
def test_cleaned_text_is_stable_and_has_no_hidden_marks(raw: str) -> None:
    kept = text.clean(raw, length_max=400)
    assert text.clean(kept, length_max=400) == kept
    assert not set(kept) & text.BIDI_AND_HIDDEN
    assert "\n" not in kept


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  李　奶奶 ", "李 奶奶"),
        ("王\u202e小二", "王小二"),
        ("\u200b陈工\ufeff", "陈工"),
        ("𠮷田", "𠮷田"),
        ("a\x00b", "ab"),
        ("一\n二", "一 二"),
    ],
)
def test_names_are_kept_as_they_read(raw: str, kept: str) -> None:
    assert text.clean(raw, length_max=20) == kept


def test_long_text_is_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="longer than 3"):
        text.clean("四个字了", length_max=3)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_canonical_bytes_do_not_depend_on_order(tree: dict[str, object]) -> None:
    backwards = dict(reversed(tree.items()))
    assert canon.canonical(tree) == canon.canonical(backwards)


def test_canonical_form_is_golden() -> None:
    assert canon.canonical({"b": [1, True, None], "a": "李"}) == 'linli.canon.v1\n{"a":"李","b":[1,true,null]}'.encode()
    assert canon.digest({"b": [1, True, None], "a": "李"}) == "e8954ed1cfdd77f10c2b046a390dfefcc0c7081dad8b9c282175937d356bd509"


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": object()}, b"bytes"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canon.canonical(value)


@pytest.mark.parametrize(("span", "minutes"), [("30m", 30), ("2h", 120), ("1d12h", 2160), ("90s", 1.5)])
def test_spans_are_read(span: str, minutes: float) -> None:
    assert clock.parse_span(span) == timedelta(minutes=minutes)


@pytest.mark.parametrize("span", ["", "h", "30", "30m ", "-5m", "1w"])
def test_other_spans_are_refused(span: str) -> None:
    with pytest.raises(ValueError, match="not a span"):
        clock.parse_span(span)


def test_moments_must_be_utc() -> None:
    with pytest.raises(ValueError, match="not UTC"):
        clock.require_utc(datetime(2026, 1, 1))  # noqa: DTZ001
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.require_utc(moment) == moment


@given(MOMENTS, st.integers(min_value=0, max_value=10**6))
def test_minutes_round_half_up(start: datetime, seconds: int) -> None:
    counted = clock.minutes_between(start, start + timedelta(seconds=seconds))
    assert -30 < seconds - counted * 60 <= 30 or seconds - counted * 60 == -30


@given(st.integers(0, 500), st.integers(0, 500))
def test_intervals_hold_their_share(hits: int, misses: int) -> None:
    share = stats.wilson(hits, hits + misses)
    if share is None:
        assert hits + misses == 0
        return
    assert 0 <= share.low_ppm <= share.value_ppm <= share.high_ppm <= 1_000_000


def test_three_of_three_is_no_certainty() -> None:
    share = stats.wilson(3, 3)
    assert share is not None
    assert share.low_ppm < 500_000


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 1_000_000), st.integers(1, 50))
def test_shrinkage_lies_between_own_and_peers(hits: int, misses: int, peers_ppm: int, weight: int) -> None:
    share = stats.shrunk(hits, hits + misses, peers_ppm=peers_ppm, weight=weight)
    n = hits + misses
    own = round(1e6 * hits / n) if n else peers_ppm
    assert min(own, peers_ppm) - 1 <= share.value_ppm <= max(own, peers_ppm) + 1


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(ValueError, match="0 <= hits"):
        stats.wilson(3, 2)
    with pytest.raises(ValueError, match="positive"):
        stats.shrunk(1, 2, peers_ppm=0, weight=0)


def test_a_post_reaches_below_and_nowhere_else() -> None:
    chen = Actor.of_person(ids.new_id(datetime.now(UTC)), posts=(Post(Role.WORKER, "440104001001"),))
    assert chen.holds(Role.WORKER, "44010400100101002")
    assert not chen.holds(Role.WORKER, "440104001002")
    assert not chen.holds(Role.DISPATCHER, "440104001001")


@given(st.integers(1, 1440), st.integers(1, 1440), st.integers(1, 1440))
def test_claims_agree_only_near_the_estimate_and_each_other(estimate: int, helper: int, resident: int) -> None:
    joined = settle_claims(estimate, helper, resident, share_ppm=250_000, gap_minutes=15)
    far = [who for who, claim in (("helper", helper), ("resident", resident)) if 4 * abs(claim - estimate) > estimate]
    if far:
        assert joined == Disputed(far[0])
    elif abs(helper - resident) > 15:
        assert joined == Disputed("gap")
    else:
        assert joined == Agreed((helper + resident) // 2)


@pytest.mark.parametrize("claims", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (-5, 30, 30)])
def test_claims_of_no_minutes_are_a_mistake(claims: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        settle_claims(*claims, share_ppm=250_000, gap_minutes=15)
