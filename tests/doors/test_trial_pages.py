"""The pages of policy trials: today's values, a refusal at its key, two sets beside each other, and no way to set a policy from here."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from linli.doors.city import trial_words as words
from linli.doors.city.trials import outcome_line
from linli.ground.steps.reads import now
from linli.journeys import trial
from linli.kernel.stats import Interval
from linli.sight.trials import reads as trials
from linli.sight.trials.core import UNITS, Outcome, State, Verdict
from linli.sight.trials.reads import Line
from linli.stage.trial import assumptions
from tests.cast import Street
from tests.tried import DISTRICT, asked, tried
from tests.walk import client_of

NEW, ASK = "/city/trials/new/", "/city/trials/ask/"


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def sent(street: Street, **fields: str) -> HttpResponse:
    form = {"key": str(uuid4()), "place": DISTRICT, "seeds": "5", "days": "3"} | fields
    return client_of(street, "lin").post(ASK, form)


@pytest.mark.django_db
def test_the_form_shows_the_values_in_force_and_their_bounds(street: Street) -> None:
    page = client_of(street, "lin").get(NEW, {"place": DISTRICT}).content.decode()
    rules = trial.sets(DISTRICT, now(), {"offers_at_once": "1"}).a
    for key in trial.FELT:
        assert f'name="{key}"' in page, key
        assert f'placeholder="{rules[key]}"' in page
    assert words.key_words("radius_metres") in page
    assert words.value_words("answer_minutes", 120) in page


@pytest.mark.django_db
def test_a_trial_is_asked_for_and_waits(street: Street) -> None:
    answer = sent(street, answer_minutes="60", offers_at_once=" 2 ")
    (card,) = trials.trials_in(DISTRICT)
    assert answer["Location"] == reverse("city:trial", args=[card.id])
    assert {key: (a, b) for key, a, b in card.changes} == {"answer_minutes": (120, 60), "offers_at_once": (3, 2)}
    assert (card.seeds, card.days, card.state) == (5, 3, State.WAITING)
    said = text(client_of(street, "lin").get(answer["Location"]))
    assert "排队等跑" in said
    assert "已跑 0 次，一共 10 次。" in said
    listed = text(client_of(street, "lin").get("/city/trials/"))
    assert "社区多久之内回话 ： 2 小时 → 1 小时" in listed.replace("：2", "： 2").replace("话：", "话 ：")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"radius_metres": "3"}, "radius_metres", "“在多远以内找帮手”"), ({"answer_minutes": "x"}, "answer_minutes", "“社区多久之内回话”"),
        ({}, "", "“改哪几项”"), ({"offers_at_once": "3"}, "", "“改哪几项”"), ({"offers_at_once": "2", "seeds": "999"}, "", "有一项填得不对"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_refused_at_its_field_and_stays_typed(street: Street, fields: dict[str, str], field: str, says: str) -> None:
    answer = sent(street, **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    if field:
        assert f'value="{fields[field]}"' in page
        assert page.count('aria-invalid="true"') == 1
    assert not trials.any_asked()


@pytest.mark.django_db
def test_a_finished_trial_shows_both_sets_what_differs_and_what_was_assumed(street: Street) -> None:
    made = tried(street)
    answer = client_of(street, "lin").get(reverse("city:trial", args=[made]))
    page, said, card = answer.content.decode(), text(answer), trials.trial(made)
    assert "跑完了" in said
    assert page.count('class="pair"') == len(Outcome)
    assert "头一次回话：B 比 A 少" in said
    assert "邻居帮成：B 比 A 少" in said
    assert card.digest in said
    assert card.inputs_digest in said
    for sentence in words.assumption_words(assumptions()):
        assert sentence in said
    assert "这里看不出什么" in said
    assert "试验，人物为虚构" in said


@pytest.mark.django_db
def test_nothing_on_these_pages_sets_a_policy(street: Street) -> None:
    made, waits = tried(street), asked(street, offers_at_once="1")
    targets = set()
    for url in ("/city/trials/", NEW, reverse("city:trial", args=[made]), reverse("city:trial", args=[waits])):
        page = client_of(street, "lin").get(url).content.decode()
        forms = re.findall(r'<form method="post" action="([^"]+)"', page.split("<main", 1)[1].split("</main", 1)[0])
        targets |= {re.sub(r"[0-9a-f-]{36}", "ID", form) for form in forms}
    assert targets == {ASK, "/city/trials/ID/cancel/"}


@pytest.mark.django_db
def test_a_trial_is_called_off_once(street: Street) -> None:
    made = asked(street, offers_at_once="1")
    url = reverse("city:trial-cancel", args=[made])
    lin = client_of(street, "lin")
    assert lin.post(url, {"key": str(uuid4())}).status_code == 302
    assert trials.trial(made).state is State.CANCELLED
    again = lin.post(url, {"key": str(uuid4())})
    assert again.status_code == 422
    assert "停了" in text(again)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["li", "chen", "he"])
def test_nobody_below_the_city_sees_or_does_any_of_it(street: Street, who: str) -> None:
    made, client = tried(street), client_of(street, who)
    for url in ("/city/trials/", NEW, reverse("city:trial", args=[made])):
        assert client.get(url).status_code in {403, 404}
    for url in (ASK, reverse("city:trial-cancel", args=[made])):
        assert client.post(url, {"key": str(uuid4()), "place": DISTRICT}).status_code in {403, 404}


@pytest.mark.django_db
def test_another_citys_trial_and_place_are_not_found(street: Street) -> None:
    lin = client_of(street, "lin")
    assert lin.get(reverse("city:trial", args=[UUID(int=7)])).status_code == 404
    assert lin.get(NEW, {"place": "310101"}).status_code == 404
    assert sent(street, place="310101", offers_at_once="1").status_code == 404


@pytest.mark.django_db
def test_why_a_trial_failed_is_said(street: Street) -> None:
    for why, sentence in words.WHY.items():
        made = asked(street, offers_at_once="1")
        assert trial.take() == made
        trial.fail(made, why)
        assert sentence in text(client_of(street, "lin").get(reverse("city:trial", args=[made])))


def test_every_code_has_its_words() -> None:
    assert set(words.OUTCOMES) == {o.value for o in Outcome} == {o.value for o in UNITS}
    assert set(words.STATES) == {s.value for s in State}
    assert set(words.VERDICTS) == {v.value for v in Verdict}


@pytest.mark.parametrize("unit", ["share", "minutes", "per_hundred"])
def test_a_drawing_keeps_inside_its_box_and_in_order(unit: str) -> None:
    line = Line("met", unit, Interval(50, 10, 90, 5), Interval(20, -30, 70, 5), Interval(-30, -60, 0, 5), "unclear")
    shown = outcome_line(line)
    assert shown.a_mark is not None
    assert shown.b_mark is not None
    for mark in (shown.a_mark, shown.b_mark):
        assert 0 < mark.low <= mark.mean <= mark.high < 240
    assert shown.b_mark.mean < shown.a_mark.mean
    alone = outcome_line(Line("met", unit, None, None, None, "missing"))
    assert (alone.a_mark, alone.a, alone.difference, alone.sure) == (None, "—", "—", False)
    flat = outcome_line(Line("met", unit, Interval(5, 5, 5, 3), Interval(5, 5, 5, 3), Interval(0, 0, 0, 3), "same"))
    assert flat.a_mark == flat.b_mark
