"""What became of codes: the rules on small trees, and real places in the changes that come with Linli."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.build_changes import changes, texts

from linli.ground.places import builtin, editions, former
from linli.ground.places.former import How, Turn, Was, as_community, before, is_rest, now_of, parsed

# A made district: 甲 stays, 丙's code is given anew, 乙 has another name, 老街 goes into 新街, 丁 is nowhere to be found.
OLD = {
    "11": "某省", "1101": "某市", "110101": "东区", "110101001": "新街街道", "110101001001": "甲村委会", "110101001002": "清风社区",
    "110101001003": "丙社区", "110101002": "老街街道", "110101002001": "柳树社区", "110101002002": "丁丁社区", "110101002003": "槐树社区",
}  # fmt: skip
NEW = {
    "11": "某省", "1101": "某市", "110101": "东区", "110101001": "新街街道", "110101001001": "甲村村民委员会", "110101001002": "清风里社区",
    "110101001003": "阳光社区", "110101001004": "柳树社区居委会", "110101001005": "槐树社区居委会",
}  # fmt: skip


def test_each_rule_decides_what_it_can_and_nothing_else() -> None:
    found = {c.old: (c.how, c.new) for c in changes(OLD, NEW)}
    assert found == {
        "110101001002": ("renamed", ()),
        "110101001003": ("unclear", ()),
        "110101002": ("below", ("110101001",)),
        "110101002001": ("district", ("110101001004",)),
        "110101002002": ("above", ("110101001",)),
        "110101002003": ("district", ("110101001005",)),
    }


def test_a_namesake_elsewhere_is_not_taken_for_the_place() -> None:
    # Two of the name before or after, or one that was there all along: not to be decided by name.
    twice = {k: v for k, v in NEW.items() if k != "110101001005"} | {"110101001005": "柳树社区", "110101001006": "槐树社区"}
    found = {c.old: c.how for c in changes(OLD, twice)}
    assert found["110101002001"] == "above"
    there = OLD | {"110101001004": "柳树社区居委会"}
    assert {c.old: c.how for c in changes(there, NEW)}["110101002001"] == "above"


def test_what_is_written_is_read_again() -> None:
    pairs, again = parsed(texts([OLD, NEW])["11"])
    assert again == frozenset()
    assert pairs[0].come == {"110101001004", "110101001005"}
    assert pairs[0].rows["110101002"] == former.Row(How.BELOW, ("110101001",), "老街街道")
    assert before("110101001", "新街街道", pairs) == (
        Turn("2018-10-31", "2019-10-31", (Was("110101002", "老街街道", How.BELOW),), stayed=True, lost=1),
    )
    assert before("110101001004", "柳树社区居委会", pairs)[0].was == (Was("110101002001", "柳树社区", How.DISTRICT),)
    assert former.moved(pairs, again) == {
        "110101002001": "110101001004", "110101002002": "110101001000", "110101002003": "110101001005",
    }  # fmt: skip
    with pytest.raises(ValueError, match="codes of the later"):
        parsed("=2018-10-31 2019-10-31\n110101\tabove\t11\t")


# What the editions of the Bureau say; each line can be looked up in the two versions of the package.
@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("330104005", "330102011"),  # 江干区凯旋街道 → 上城区凯旋街道
        ("330104009", "330114002"),  # 江干区白杨街道 → 钱塘区白杨街道
        ("330104009001", "330114002003"),  # its 月雅苑社区
        ("330103", "330105"),  # 下城区 went as a whole into 拱墅区
        ("330104", "3301"),  # 江干区 went to two districts: as a whole only the city is sure
        ("330110001", "330113001"),  # 余杭区临平街道 → 临平区临平街道
        ("330110005", "330110005"),  # 五常街道 stayed in 余杭区
        ("220381110210", "220184110210"),  # 公主岭市 went from 四平市 to 长春市
        ("440104001001", "440104001001"),  # 越秀区: nothing changed
        ("999999", "999999"),
    ],
)
def test_real_codes_lead_to_what_they_are_today(code: str, now: str) -> None:
    assert editions.now_of(code) == now


def test_the_history_of_real_places() -> None:
    (turn,) = editions.before("330102011", "凯旋街道")
    assert (turn.earlier, turn.later) == ("2020-06-30", "2021-10-31")
    assert turn.was == (Was("330104005", "凯旋街道", How.CITY),)
    assert not turn.stayed
    (merged,) = editions.before("330105", "拱墅区")
    assert merged.was == (Was("330103", "下城区", How.BELOW),)
    assert merged.stayed
    (parted,) = editions.before("330114", "钱塘区")
    assert [w.code for w in parted.was if w.how is How.SPLIT] == ["330104"]
    (renamed,) = editions.before("320104011018", "世茂花园社区居委会")[:1]
    assert renamed.was == (Was("320104011018", "世贸花园社区居委会", How.RENAMED),)
    assert editions.before("440104", "越秀区") == ()


@pytest.mark.parametrize("province", ["33", "46"])
def test_every_code_of_an_edition_ends_at_one_that_is_there_today(province: str) -> None:
    today = {code for block in builtin.blocks([province]) for code in block.codes}
    pairs, again = editions.of_province(province)
    assert again <= today
    for old, new in former.moved(pairs, again).items():
        known = next(new[:digits] for digits in (2, 4, 6, 9, 12) if new == as_community(new[:digits]))
        assert old not in today
        assert known in today
        assert is_rest(new) == (known != new)


def test_it_is_read_quickly() -> None:
    editions.of_province.cache_clear()
    started = time.perf_counter()
    editions.of_province("33")
    assert time.perf_counter() - started < 2  # some ten milliseconds on an idle machine


STREETS = ("110101001", "110101002")


@given(st.lists(st.tuples(st.sampled_from(STREETS), st.integers(1, 6), st.sampled_from("梅兰竹菊松柏")), max_size=8, unique_by=lambda t: t[:2]),
       st.lists(st.tuples(st.sampled_from(STREETS), st.integers(1, 6), st.sampled_from("梅兰竹菊松柏")), max_size=8, unique_by=lambda t: t[:2]))  # fmt: skip
def test_no_code_is_lost_and_none_counts_twice(old: list[tuple[str, int, str]], new: list[tuple[str, int, str]]) -> None:
    base = {"11": "某省", "1101": "某市", "110101": "东区", STREETS[0]: "梅园街道", STREETS[1]: "兰园街道"}
    was = base | {f"{s}{n:03d}": f"{c}花社区" for s, n, c in old}
    now = base | {f"{s}{n:03d}": f"{c}花社区" for s, n, c in new}
    pairs, again = parsed(texts([was, now])["11"])
    for code in was:
        led = now_of(code, pairs, again)
        assert led in now
        assert led == code or code not in now or pairs[0].rows[code].new
    exact = [new for row in pairs[0].rows.values() if row.how not in {How.ABOVE, How.SPLIT, How.BELOW} for new in row.new]
    assert len(exact) == len(set(exact))  # one place does not become the new place of two by name
