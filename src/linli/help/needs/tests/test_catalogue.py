"""The catalogue as shipped, and what is refused in one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import linli
from linli.help.needs.catalogue import catalogue, domains, read

DOMAIN = "[[domain]]\ncode='elder'\nname='养老服务'\n"
SERVICE = "[[service]]\ncode='meal'\ndomain='elder'\nshort='送餐'\nname='送餐'\nicon='meal'\nminutes=30\nskill='meal'\nchecklist=['热的']\n"


def test_eight_domains_twelve_base_services_two_specials_and_the_open_question() -> None:
    assert len(domains()) == 8
    base = [s for s in catalogue().values() if not s.special and s.code != "other"]
    assert len(base) == 12
    assert {s.short for s in catalogue().values() if s.special} == {"银发课堂", "四点半课堂"}
    assert {s.domain for s in catalogue().values()} == set(domains())


def test_the_words_on_the_tiles() -> None:
    shorts = {s.short for s in catalogue().values()}
    assert {"送餐", "助浴", "代买药", "陪诊", "小修", "托管", "聊聊天", "别的事"} <= shorts
    assert all(2 <= len(short) <= 5 for short in shorts)


def test_safeguarding_rules() -> None:
    bathing, childcare = catalogue()["bathing"], catalogue()["childcare"]
    assert (bathing.same_sex, bathing.two_adults, bathing.certificate) == (True, True, "care")
    assert childcare.two_adults
    assert catalogue()["after_school"].two_adults
    assert {s.code for s in catalogue().values() if s.errand} == {"medicine", "shopping"}
    assert catalogue()["medicine"].urgent


def test_every_icon_is_drawn() -> None:
    icons = Path(linli.__file__).parent.joinpath("doors/site/templatetags/linli.py").read_text("utf-8")
    drawn = set(re.findall(r'^    "([a-z]+)": "M', icons, flags=re.MULTILINE))
    assert {s.icon for s in catalogue().values()} <= drawn


def test_the_catalogue_can_not_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        catalogue()["meal"] = catalogue()["talk"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (DOMAIN + SERVICE + SERVICE, "service meal: stands there twice"),
        (DOMAIN + SERVICE.replace("'elder'", "'old'"), "unknown domain 'old'"),
        (DOMAIN + SERVICE.replace("=30", "=4"), "minutes from 5 to 1440"),
        (DOMAIN + SERVICE.replace("['热的']", "[]"), "1 to 8 items"),
        (DOMAIN + SERVICE + "colour='red'\n", "service meal: "),
        (DOMAIN + SERVICE.replace("icon='meal'\n", ""), "icon"),
        (DOMAIN + SERVICE.replace("checklist=['热的']\n", ""), "checklist"),
    ],
)
def test_a_bad_catalogue_names_the_service(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read(text)
