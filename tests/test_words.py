"""Three languages, complete: every text has its English, traditional Chinese is traditional, and a visitor gets their own."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import opencc
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from tools import messages

from linli.doors.site.templatetags.linli import clocktime, day, daytime, left, listed, minutes, phrases, share, span
from linli.doors.site.words import SENTENCES, sentence
from linli.doors.worker.sheet import PrintSheet, sheets_pdf
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.core import DATA, emergency_number
from linli.kernel.errors import Refusal, Refused
from linli.kernel.stats import Share
from tests.cast import PLACES, Street
from tests.lived import Lived
from tests.test_doors import ENTERS, OWN_DOOR, pages_of
from tests.walk import address, client_of

CHINESE = re.compile(r"[\u3400-\u9fff]")
CODES = [code for code, _name in settings.LANGUAGES]
# Forms that the converter would change and that are right: the words of TRADITIONAL, 里 in 鄰里, 干 in 若干.
FORMS = set("".join(right for _wrong, right in messages.TRADITIONAL)) | {"里", "干"}


def test_no_text_is_without_english() -> None:
    assert [f"{text.where}: {text.text}" for text in messages.missing()] == []


def test_no_text_of_the_doors_is_unmarked() -> None:
    assert [f"{text.where}: {text.text}" for text in messages.unmarked()] == []


def test_every_exception_is_still_needed() -> None:
    files = {
        path.relative_to(messages.ROOT).as_posix(): path.read_text("utf-8")
        for path in messages.SOURCE.rglob("*")
        if path.suffix in {".py", ".html"}
    }
    assert [
        (end, text) for end, text in messages.NOT_WORDS if not any(name.endswith(end) and text in said for name, said in files.items())
    ] == []


def test_translations_keep_placeholders_and_english_is_english() -> None:
    assert messages.broken() == []


def test_catalogues_are_what_collect_would_write() -> None:
    for language in messages.LANGUAGES:
        path = messages.LOCALE / language / "LC_MESSAGES" / "django.po"
        assert path.read_bytes() == messages.rendered(messages.merged(language)), language


def test_the_check_names_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for language in messages.LANGUAGES:
        catalogue = messages.kept(language)
        if language == "en":
            catalogue["约好 %(when)s 上门。"].string = "Booked."
            catalogue["验证码"].string = "验证码"
            catalogue["密码"].string = ""
        (tmp_path / language / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / language / "LC_MESSAGES" / "django.po").write_bytes(messages.rendered(catalogue))
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    assert messages.check() == 1
    said = capsys.readouterr().out
    assert re.search(r"public/templates/public/sign_in\.html:\d+: no English: '密码'", said)
    assert "other placeholders: '约好 %(when)s 上门。'" in said
    assert "still Chinese: '验证码'" in said


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ('<p>{% translate "好" %}</p>', []),
        ("<p>{% blocktranslate %}您好\n呀{% endblocktranslate %}</p>", []),
        ("<p>ok</p>\n<p>您好</p>", [(2, "您好")]),
        ('{{ rows|join:"、" }}', [(1, "、")]),
    ],
)
def test_unmarked_words_of_a_page_are_found(page: str, seen: list[tuple[int, str]]) -> None:
    assert [(text.line, text.text) for text in messages._page_strings("x.html", page)] == seen


def test_unmarked_words_of_code_are_found_but_not_docstrings() -> None:
    code = '"""说明"""\ndef f():\n    """说明"""\n    return f"{1}，好"\n'
    assert [(text.line, text.text) for text in messages._code_strings("x.py", code)] == [(4, "，好")]


def test_traditional_is_traditional() -> None:
    converter, catalogue = opencc.OpenCC("s2hk"), messages.kept("zh_Hant")
    wrong = {}
    for message in catalogue:
        for form in messages.translation(catalogue, message.id, message.context) if message.id else ():
            wrong |= {char: form for char in set(form) - FORMS if converter.convert(char) != char}
    assert wrong == {}


def test_every_correction_of_traditional_corrects_something() -> None:
    plain = opencc.OpenCC("s2hk")
    said = "\n".join(plain.convert(text.text) for text in messages.found() if text.message)
    done = "\n".join(messages.traditional(text.text) for text in messages.found() if text.message)
    assert [wrong for wrong, _right in messages.TRADITIONAL if wrong not in said] == []
    assert [wrong for wrong, right in messages.TRADITIONAL if wrong in done and wrong not in right] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_is_said_in_every_language(refusal: Refusal, code: str) -> None:
    facts = dict.fromkeys(re.findall(r"%\((\w+)\)", SENTENCES[refusal]), 7)
    with translation.override(code):
        said = sentence(Refused(refusal, **facts))
    assert said
    assert "%(" not in said
    assert bool(CHINESE.search(said)) is (code != "en")
    assert ("7" in said) is bool(facts)


@pytest.mark.django_db
def test_the_catalogue_of_services_is_translated(street: Street) -> None:
    with translation.override("en"):
        words = [gettext(w) for s in needs.all_services() for w in (s.name, s.short, *s.checklist)]
    assert len(words) > 40
    assert [w for w in words if CHINESE.search(w)] == []


def test_an_emergency_is_heard_in_simplified_traditional_and_english() -> None:
    rows = tomllib.loads(DATA.read_text("utf-8"))["number"]
    convert = opencc.OpenCC("s2hk").convert
    for row in rows:
        assert [w for w in row["words"] if emergency_number(convert(w)) != row["call"]] == []
        assert [w for w in row["not_now"] if emergency_number(convert(w)) != emergency_number(w)] == []
        assert any(not CHINESE.search(w) for w in row["words"]), row["call"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("zh-CN,zh;q=0.9", "zh-hans"), ("zh", "zh-hans"), ("zh-SG", "zh-hans"), ("zh-TW,zh;q=0.9,en;q=0.8", "zh-hant"), ("zh-HK", "zh-hant"),
        ("zh-MO", "zh-hant"), ("zh-Hant-HK", "zh-hant"), ("en-GB,en;q=0.9,zh;q=0.1", "en"), ("en-US", "en"), ("fr-FR,fr;q=0.9", "zh-hans"), ("", "zh-hans"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_a_visitor_gets_the_language_of_the_browser(street: Street, asked: str, given: str) -> None:
    answer = Client().get("/help/", headers={"accept-language": asked})
    assert f'<html lang="{given}"' in answer.content.decode()
    assert answer["Content-Language"] == given


@pytest.mark.django_db
def test_what_was_chosen_goes_before_the_browser(street: Street) -> None:
    client = Client(headers={"accept-language": "en"})
    client.post("/view/", {"language": "zh-hant", "next": "/help/"})
    assert '<html lang="zh-hant"' in client.get("/help/").content.decode()


@pytest.mark.django_db
def test_programs_read_errors_in_their_language(street: Street) -> None:
    client = Client(headers={"accept-language": "en", "idempotency-key": "key-of-this-call"})
    wrong = client.post("/api/v1/tokens", data={"phone": "+8610090000001", "password": "x"}, content_type="application/json").json()
    assert wrong["description"] == "The number or the password is wrong. Try again, or sign in with a code by text message."
    empty = client.post("/api/v1/tokens", data={"phone": "+8610090000001"}, content_type="application/json").json()
    assert empty["field"] == "password"
    assert empty["description"] == "“Password”: Something is still empty."


class _Texts(HTMLParser):
    """The pieces of text a reader sees or hears, without the names of the languages to choose from: each stands in its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._chooses = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._chooses = tag == "button" and known.get("name") == "language"
        self.found += [known[name] or "" for name in ("aria-label", "alt", "title", "placeholder", "data-label") if name in known]

    def handle_endtag(self, tag: str) -> None:
        self._chooses = self._chooses and tag != "button"

    def handle_data(self, data: str) -> None:
        self.found += [] if self._chooses else [data]


def texts_of(html: str) -> list[str]:
    reader = _Texts()
    reader.feed(html)
    return [text.strip() for text in reader.found if text.strip()]


@pytest.mark.django_db
def test_the_help_page_reads_complete_in_english(street: Street) -> None:
    texts = texts_of(Client(headers={"accept-language": "en"}).get("/help/").content.decode())
    assert [text for text in texts if CHINESE.search(text)] == ["邻"]  # the sign
    assert {"How it works", "2 hours", "30 min"} <= set(texts)


@pytest.mark.parametrize("door", ENTERS)
def test_pages_in_english_say_nothing_in_chinese_but_names(lived: Lived, door: str) -> None:
    """A piece of text of an English page is no text of the catalogue: what is left in Chinese is what people wrote and what places are called."""
    source = {text.text for text in messages.found() if text.message and CHINESE.search(text.text)} - {"邻", *PLACES.values()}
    left_over = []
    for route in pages_of(door):
        answer = client_of(lived.street, OWN_DOOR.get(route.name, ENTERS[door]), linli_language="en").get(address(lived, route))
        if answer["Content-Type"].startswith("text/html"):
            pieces = [piece.strip() for text in texts_of(answer.content.decode()) for piece in re.split(r" · |: |, ", text)]
            left_over += [(route.name, piece) for piece in pieces if piece in source or re.search(r"[，。：；、（）]", piece)]
    assert left_over == []


@pytest.mark.django_db
def test_moments_and_spans_in_english(street: Street) -> None:
    moment = now()
    with translation.override("en"):
        assert daytime(moment) == f"today {clocktime(moment)}"
        assert daytime(moment - timedelta(days=1)) == f"yesterday {clocktime(moment)}"
        assert daytime(moment + timedelta(days=1)) == f"tomorrow {clocktime(moment)}"
        assert daytime(moment + timedelta(days=40)) == f"20 Jun {clocktime(moment)}"
        assert day(moment) == "11 May"
        assert [minutes(n) for n in (1, 45, 60, 120, 150, -60, -90)] == [
            "1 min",
            "45 min",
            "1 hour",
            "2 hours",
            "2 h 30 min",
            "-1 hour",
            "-1 h 30 min",
        ]
        assert [span(s) for s in (60, 3600, 5400, 86_400, 172_800)] == ["1 min", "1 h", "1 h 30 min", "1 day", "2 days"]
        assert [left(s) for s in (172_800, -240)] == ["2 days left", "4 min late"]
        assert share(Share(964_000, 930_000, 982_000, 112)) == "96.4% (93–98, n=112)"
        assert share(None) == "No data yet"
        assert listed(["Meals", "Shopping"]) == "Meals, Shopping"
        assert phrases(["one", "two"]) == "one; two"


@pytest.mark.django_db
def test_moments_and_spans_in_chinese(street: Street) -> None:
    moment = now()
    for code, words in (("zh-hans", ("今天", "2 小时 30 分", "剩 2 天")), ("zh-hant", ("今天", "2 小時 30 分", "剩 2 天"))):
        with translation.override(code):
            assert (daytime(moment), minutes(150), left(172_800)) == (f"{words[0]} {clocktime(moment)}", *words[1:])
            assert day(moment) == "5月11日"
            assert listed(["甲", "乙"]) == "甲、乙"


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_is_one_page_in_every_language(code: str) -> None:
    sheets = [
        PrintSheet("三眼井社区 · 1 栋", "https://example.org/q/abcdefghijkl", "A-123"),
        PrintSheet("三眼井社区 · 2 栋", "https://example.org/q/abcdefghijkm", "A-124"),
    ]
    with translation.override(code):
        pdf = sheets_pdf(sheets, community="洪桥街道 · 三眼井社区", phone="020-12345678")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == len(sheets)
    assert b"pdfuaid" in pdf
