"""What people, broken programs and attackers type: refused with a sentence that names the field, nothing changed, never an error of ours."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.visits import reads as visits
from linli.journeys import signing, visit
from tests.doors.conftest import taken_back
from tests.doors.forms import BY_NAME, FORMS, Form, send
from tests.lived import Lived
from tests.test_doors import ENTERS, OWN_DOOR, space
from tests.walk import address, client_of, routes

LONG = "长" * 5000
HARSH = ("字\0字", LONG, "\ufffd\ufffd")
NUMBERS = ("-5", "1e3", "３０", "٣٠", "30.5", "9" * 24, "NaN", "0x1f", " ")
MOMENTS = ("0000-01-01T00:00", "2026-02-30T10:00", "9999-12-31T23:59+00:00", "0001-01-01T00:00", "1999-01-01T00:00", "now", "９９")
DATES = ("2026-02-30", "0000-01-01", "9999-99-99", "1999-01-01", "x")
IDS = ("x", "00000000-0000-0000-0000-000000000000", "{need}", "' OR 1=1 --")
CHOICES = ("nonsense", "'; DROP TABLE people_person; --", "<script>alert(1)</script>")
PLACES = ("44010400100a", "４４０１０４００１００１", "4" * 24, "999999999999", "44", "-1")
PHONES = ("123", "not a number", "+86 12", "138000022223333444")
BAD: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("minutes", "stars", "item", "birth_year"), NUMBERS), **dict.fromkeys(("wanted_from", "arrived_at", "called_back_at"), MOMENTS),
    "valid_until": DATES, "helper": IDS, "to_place": PLACES, "place": PLACES, "phone": PHONES, "code": ("12ab", "１２３４", "-1"),
    **dict.fromkeys(("service", "where", "upheld", "kind", "data_class", "audience", "purpose", "true", "radius", "for", "when", "sex"), CHOICES),
    **dict.fromkeys(("skill", "groups"), CHOICES), "key": ("short", "k" * 121, "a key with blanks", "键" * 10),
}  # fmt: skip
# Marks that are no fault in what people say: they are kept, and shown as text.
ODD = "𠮷田㐂 👵🏽 <b>急</b><script>alert(1)</script>'; DROP TABLE x; -- {{ 7919*7919 }} %s \u202eabc\u202c\u200b"
WORDS = ("words", "reason", "text", "name", "caller_name", "door", "building", "label", "number")
# What a refusal may leave: the count of wrong tries, the log of looks on the page that is shown again, the session.
LEFT = {"people_failedtry", "people_look", "people_onetimecode", "django_session", "people_account"}


def digest() -> dict[str, tuple[int, int]]:
    """Return count and sum of hashes of every table but those a refusal may leave something in."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t not in LEFT and not t.startswith(("django_", "auth_"))]
        parts = [f"SELECT '{t}', count(*), coalesce(sum(hashtext(x::text)), 0)::bigint FROM {t} x" for t in tables]
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, mark) for name, count, mark in cursor.fetchall()}


def said(answer: HttpResponse) -> str:
    return answer.content.decode()


def refused_quietly(lived: Lived, form: Form, before: dict[str, tuple[int, int]], **changed: object) -> str:
    """Return what is wrong with how a bad form was answered, or ''."""
    with taken_back():
        answer = send(lived, form, **changed)
        after = digest() if not form.before else before
    words = {name: str(value)[:40] for name, value in changed.items()}
    if not 400 <= answer.status_code < 500:
        return f"{form.name} {words}: {answer.status_code}"
    if after != before:
        return f"{form.name} {words}: {[t for t in after if after[t] != before.get(t)]} changed"
    return ""


# Each field of each form gets a few of the bad values; together the forms get them all, several times.
PER_FIELD = 3
# What has its own test, or means nothing else when it is bad: a box that is not ticked.
EXEMPT = {
    ("rest", "paused"),
    ("caller", "step"),
    ("my visit tick", "done"),
    ("my visit check-in", "code"),
    ("sign in", "password"),
    ("register", "code"),
    ("thing", "shared"),
}


# Whatever is shown to these is answered with a verdict, and nothing of it is kept.
CHECKS = {"public:check", "public:certificate"}


def tries() -> Iterator[tuple[Form, dict[str, object]]]:
    """Yield every form with one field changed that is right else."""
    turn: Counter[str] = Counter()

    def some(kind: str, values: tuple[str, ...]) -> list[str]:
        found = [values[(turn[kind] + n) % len(values)] for n in range(min(PER_FIELD, len(values)))]
        turn[kind] += len(found)
        return found

    for form in FORMS:
        for field, value in form.fields.items():
            if (form.name, field) in EXEMPT or form.route in CHECKS:
                continue
            many = isinstance(value, list)
            bad = [*some(field, BAD.get(field, ())), *some("harsh", HARSH)[:1]]
            yield from ((form, {field: [b] if many else b}) for b in bad if not fine(form, field, b))
            if not many:
                yield form, {field: [value, value]}
        if form.keyed:
            yield from ((form, {"key": bad}) for bad in some("key", BAD["key"])[:1])


def fine(form: Form, field: str, value: str) -> bool:
    """Tell whether a value is no fault here: a blank where nothing need stand, an early hour for what has happened."""
    return (field in {"birth_year", "sex"} and value == " ") or (form.name == "visit paper" and value.startswith(("1999", "0001")))


@pytest.mark.parametrize("door", ["public", "resident", "worker", "street"])
def test_a_bad_field_is_refused_and_nothing_changes(standing: Lived, door: str) -> None:
    before = digest()
    found = [refused_quietly(standing, form, before, **changed) for form, changed in tries() if form.route.startswith(f"{door}:")]
    assert not [wrong for wrong in found if wrong]
    assert found


def test_a_missing_field_is_named(standing: Lived) -> None:
    optional = {
        "words",
        "door",
        "birth_year",
        "sex",
        "phone",
        "tag",
        "wanted_from",
        "when",
        "for",
        "language",
        "slot",
        "groups",
        "paused",
        "weekday",
        "name",
        "place",
        "step",
        "code",
    }
    wrong = []
    for form in FORMS:
        for field in form.fields:
            if (
                field in optional
                or form.answer not in {200, 302}
                or form.before
                or (form.name, field) in EXEMPT
                or form.route in CHECKS | {"public:sheet"}
            ):
                continue
            if field == "reason" and form.name in {"my need withdraw", "need refer"}:
                continue
            with taken_back():
                answer = send(standing, form, **{field: None})
            if not 400 <= answer.status_code < 500 or "“" not in said(answer):
                wrong.append((form.name, field, answer.status_code))
    assert not wrong


def test_odd_words_are_kept_and_shown_as_words(standing: Lived) -> None:
    wrong = []
    for form in FORMS:
        for field in form.fields:
            if field not in WORDS or form.answer == 422 or (form.name == "decline"):
                continue
            with taken_back():
                answer = send(standing, form, **{field: ODD})
                shown = client_of(standing.street, form.who).get(answer["Location"]) if answer.status_code == 302 else answer
            if answer.status_code >= 500 or shown.status_code >= 500:
                wrong.append((form.name, field, answer.status_code, shown.status_code))
            if answer.status_code == 422:
                continue  # too long for a short field: what was typed is shown again as it was typed
            if (
                "<script>alert(1)" in said(shown)
                or "\u202e" in said(shown).replace("&#x202e;", "")
                or ("62710561" in said(shown) and "{{ 7919*7919 }}" not in said(shown))
            ):
                wrong.append((form.name, field, "is not shown as words"))
    assert not wrong


def test_rare_names_stay_as_they_are(standing: Lived) -> None:
    for name in ("𠮷田㐂", "买买提·吐尔逊·阿卜杜拉·艾合买提", "名" * 40, "O'Neill-Ångström"):
        with taken_back():
            answer = send(standing, BY_NAME["enter resident"], name=name, phone="13800005556")
            assert answer.status_code == 302
            page = said(client_of(standing.street, "chen").get(answer["Location"]))
            assert name in page.replace("&#x27;", "'")
    for hidden in ("王\u202e五", "王\u200b五"):
        with taken_back():
            answer = send(standing, BY_NAME["enter resident"], name=hidden, phone="13800005556")
            assert "王五" in said(client_of(standing.street, "chen").get(answer["Location"]))
    assert send(standing, BY_NAME["enter resident"], name="\u202e\u200b").status_code == 422


def test_a_form_sent_twice_is_done_once_and_another_under_its_key_is_refused(standing: Lived) -> None:
    other = {
        "words": "另一句",
        "reason": "另一句",
        "text": "另一句",
        "name": "另一位",
        "minutes": "31",
        "stars": "2",
        "number": "B-2",
        "door": "8 单元",
        "building": "十栋",
        "label": "另一个",
        "birth_year": "1951",
        "sex": "m",
        "valid_until": "2027-01-01",
    }
    wrong = []
    for form in FORMS:
        if not form.keyed or form.answer != 302 or form.before:
            continue
        with taken_back():
            send(standing, form)
            after = digest()
            again = send(standing, form)
            if digest() != after or (again.status_code not in {302, 404, 422}):
                wrong.append((form.name, "twice", again.status_code))
            for field in set(other) & set(form.fields):
                if form.name in {"ask", "register"} or (form.name == "decline"):
                    continue
                changed = send(standing, form, **{field: other[field]})
                if digest() != after or changed.status_code not in {409, 404, 422}:
                    wrong.append((form.name, field, changed.status_code))
    assert not wrong


class Untouched(io.RawIOBase):
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


def test_a_huge_body_is_refused_before_it_is_read(standing: Lived) -> None:
    client = client_of(standing.street, "chen")
    for form in FORMS:
        answer = client.generic(
            "POST", form.url(standing), b"", "application/x-www-form-urlencoded", CONTENT_LENGTH="10000000", **{"wsgi.input": Untouched()}
        )
        assert answer.status_code == 413, form.name  # type: ignore[attr-defined]
        assert "太大" in said(answer)  # type: ignore[arg-type]
    for length in ("-1", "１０", "1e9", "9" * 30):
        answer = client.generic("POST", "/view/", b"", CONTENT_LENGTH=length)
        assert answer.status_code == 413  # type: ignore[attr-defined]


DEEP = b"[" * 10_000 + b"]" * 10_000


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xb2\xe2\xca\xd4", "application/json"), (DEEP, "application/json"), (b'{"key": "\\ud800"}', "application/json"), (b"{", "application/json"),
        (b"null", "application/json"), (b"words=\xb2\xe2\xca\xd4", "application/x-www-form-urlencoded"),
        (b"words=%FF%FE", "application/x-www-form-urlencoded; charset=gbk"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"), (b"--x\r\nbroken", "multipart/form-data"), (b"a=1&" * 500, "application/x-www-form-urlencoded"),
        (b"<xml/>", "text/xml"),
    ],
)  # fmt: skip
def test_bodies_that_are_no_form_are_refused(standing: Lived, body: bytes, kind: str) -> None:
    before = digest()
    clients = {who: client_of(standing.street, who) for who in {form.who for form in FORMS}}
    addresses = {(form.who, form.url(standing)) for form in FORMS if form.keyed and form.name not in {"follow confirm", "register"}}
    addresses.add((None, "/sign-in/passkey/finish/"))
    for who, url in [*sorted(addresses, key=str)[len(body) % 4 :: 4], ("li", "/home/me/passkey/finish/")]:
        with taken_back():
            answer = clients[who].generic("POST", url, body, kind)
            assert digest() == before, url
        assert answer.status_code in {400, 404, 405, 422} or url == "/desk/caller/", (url, answer.status_code)  # type: ignore[attr-defined]
        assert answer.status_code < 500, url  # type: ignore[attr-defined]
        assert len(answer.content) > 20, url  # type: ignore[attr-defined]


def test_words_in_another_encoding_are_refused(standing: Lived) -> None:
    """GBK bytes read as UTF-8 lose what was meant: better asked again than kept garbled."""
    form, client = BY_NAME["my need reopen"], client_of(standing.street, "li")
    for reason in (b"\xb2\xe2\xca\xd4", b"%B2%E2%CA%D4", b"%ED%A0%80"):
        answer = client.generic("POST", form.url(standing), b"key=key-of-this-form&reason=" + reason, "application/x-www-form-urlencoded")
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert "“原因”" in said(answer)  # type: ignore[arg-type]


NASTY = (
    "x",
    "%EF%BC%93",
    "-1",
    "9" * 30,
    "%27%20OR%201=1",
    "%3Cscript%3E",
    "%F0%A0%AE%B7",
    "%ED%A0%80",
    "%B2%E2",
    "",
    "1.5",
    "%E2%80%AE",
    "%00",
)


def test_addresses_with_nonsense_are_no_errors(standing: Lived) -> None:
    fields = ("from", "place", "before", "after", "need", "for", "q", "r", "state", "service", "level", "uncovered", "next")
    for number, route in enumerate(routes()):
        if space(route) not in ENTERS or route.name == "public:readyz":
            continue
        client = client_of(standing.street, OWN_DOOR.get(route.name, ENTERS[space(route)]))
        for turn in range(3):
            asked = "&".join(f"{field}={NASTY[(number + turn * 5 + n) % len(NASTY)]}" for n, field in enumerate(fields))
            with taken_back():
                answer = client.get(f"{address(standing, route)}?{asked}")
            assert answer.status_code < 500, (route.name, asked)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil",
        "\t//evil.example",
        "data:text/html,x",
    ],
)
def test_nobody_is_led_away(standing: Lived, target: str) -> None:
    for form, extra in ((BY_NAME["need answer"], {}), (BY_NAME["visit cancel"], {}), (BY_NAME["rectify plan"], {})):
        with taken_back():
            answer = send(standing, form, next=target, **extra)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/desk/"), answer["Location"]
    answer = client_of(standing.street, None).post("/view/", {"next": target, "look": "dark"})
    assert answer["Location"] == "/"
    page = said(client_of(standing.street, None).get("/sign-in/", {"next": target}))
    assert f'href="{target}' not in page


def test_a_cookie_with_nonsense_is_no_error(standing: Lived) -> None:
    for cookie in (
        'linli_session="\\000aaaaaaaaaa"',
        "linli_session=" + "x" * 3000,
        "linli_language=%00; linli_look=<b>",
        "linli_session=%F0%A0; csrftoken=",
        "=;=;;",
    ):
        answer = Client(HTTP_COOKIE=cookie).get("/")
        assert answer.status_code in {200, 400}, cookie


def test_a_check_in_code_cannot_be_guessed_or_used_twice(standing: Lived) -> None:
    row = visits.visit(standing.booked_visit)
    steps.move_clock(to=row.starts_at, speed=0)
    form, wang = BY_NAME["my visit check-in"], client_of(standing.street, "wang")
    right = visit.code_shown(standing.street.actor("li"), row.id, now()).code
    old = visit.code_shown(standing.street.actor("li"), row.id, now() - timedelta(hours=2)).code
    with taken_back():
        assert send(standing, form, wang, code=right).status_code == 302
        assert send(standing, form, wang, code=right).status_code == 302  # the same tap again
        assert send(standing, form, wang, code=right, key="another-key-1").status_code == 422
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    for n in range(6):
        answer = send(standing, form, wang, code=old if n == 0 and old != right else wrong, key=f"guess-number-{n}")
        assert answer.status_code == 422
        assert "数字不对" in said(answer)
    assert send(standing, form, wang, code=right, key="right-at-last").status_code == 429
    assert visits.visit(row.id).state == "booked"


def test_a_one_time_code_is_good_once_and_for_minutes(standing: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(signing, "_send", lambda _phone, code: sent.append(code))
    form = BY_NAME["sign in"]
    stranger = Client()
    send(standing, BY_NAME["send code"], phone="+8610090000001")
    wrong = f"{(int(sent[0]) + 1) % 1_000_000:06d}"
    assert send(standing, form, stranger, code=wrong, password=None).status_code == 422
    steps.move_clock(by=timedelta(minutes=6))
    assert send(standing, form, stranger, code=sent[0], password=None).status_code == 422
    send(standing, BY_NAME["send code"], phone="+8610090000001")
    assert send(standing, form, stranger, code=sent[1], password=None).status_code == 302
    assert send(standing, form, Client(), code=sent[1], password=None).status_code == 422
    send(standing, BY_NAME["send code"], phone="+8610090000001")
    for _ in range(5):
        send(standing, form, Client(), code=f"{(int(sent[2]) + 1) % 1_000_000:06d}", password=None)
    assert send(standing, form, Client(), code=sent[2], password=None).status_code in {422, 429}


def test_a_helper_cannot_confirm_alone(standing: Lived) -> None:
    form = BY_NAME["my visit confirm"]
    at = {"visit_id": "waiting_visit", "step": "confirm"}
    alone = Form("again", form.route, "wang", form.fields, at)
    before = digest()
    for key in ("once-more-me", "and-once-more"):
        assert refused_quietly(standing, alone, before, key=key) == ""
    as_resident = Form("as her", "resident:act", "wang", {"minutes": "30"}, {"need": "waiting", "step": "confirm"})
    assert refused_quietly(standing, as_resident, before) == ""
    as_worker = Form("as worker", "worker:visit-act", "wang", {"minutes": "30"}, {"visit_id": "waiting_visit", "step": "confirm"})
    assert refused_quietly(standing, as_worker, before) == ""


@pytest.mark.parametrize("days", [-400, -1, 400])
def test_a_clock_that_jumps_breaks_no_page(standing: Lived, days: int) -> None:
    steps.move_clock(by=timedelta(days=days))
    for name in (
        "resident:home",
        "resident:need",
        "resident:book",
        "worker:list",
        "worker:need",
        "worker:visit",
        "worker:cases",
        "street:home",
        "city:home",
        "public:follow",
    ):
        route = next(r for r in routes() if r.name == name)
        with taken_back():
            assert client_of(standing.street, ENTERS[space(route)]).get(address(standing, route)).status_code in {200, 404}, name
