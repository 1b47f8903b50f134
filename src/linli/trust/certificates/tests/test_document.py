"""A certificate says what it must, in one spelling, and no byte of it can be changed."""

from __future__ import annotations

import gzip
from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.trust.certificates.core import document as core
from linli.trust.certificates.core.document import NotGenuine, Served, Service

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SITE, SEED = "https://linli.example", bytes(range(32))
DID = core.did_of(SITE)
PUBLIC = core.public_of(SEED)
WANG = Service(
    UUID(int=7), "王小明", date(2026, 1, 1), date(2026, 3, 1), "440104001001", "广州市越秀区建设街道六马路社区",
    (Served("meal", "送餐", 3, 120), Served("talk", "聊天", 1, 45)), 1, 4711,
)  # fmt: skip


def made(service: Service = WANG) -> dict[str, object]:
    return core.signed(core.credential(service, did=DID, site=SITE, at=AT), SEED, did=DID, at=AT)


def test_it_says_who_when_what_how_long_and_who_organised_it() -> None:
    said = made()["credentialSubject"]
    assert isinstance(said, dict)
    assert (said["volunteer"], said["since"], said["until"]) == ("王小明", "2026-01-01", "2026-03-01")
    assert (said["minutes"], said["visits"], said["organiser"]) == (165, 4, "广州市越秀区建设街道六马路社区")
    core.check(made(), PUBLIC, did=DID)
    assert core.text_of(made()) == core.text_of(core.read(core.text_of(made())))


def test_no_letter_of_it_can_be_changed() -> None:
    text = core.text_of(made())
    for n in range(len(text) - 1):
        changed = text[:n] + ("x" if text[n] != "x" else "y") + text[n + 1 :]
        with pytest.raises(NotGenuine):
            core.check(core.read(changed), PUBLIC, did=DID)
    with pytest.raises(NotGenuine) as other:
        core.check(made(), PUBLIC, did="did:web:else.example")
    assert other.value.flaw == "issuer"
    with pytest.raises(NotGenuine) as key:
        core.check(made(), core.public_of(bytes(32)), did=DID)
    assert key.value.flaw == "signature"


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "1", "{", '{"a":1.5}', '{"proof":1}', '{"@context":[],"proof":{},"issuer":[]}', "[" * 100_000]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(NotGenuine):
        core.check(core.read(text), PUBLIC, did=DID)


@given(st.binary(max_size=80))
def test_base58_comes_back(data: bytes) -> None:
    assert core.unbase58(core.base58(data)) == data


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://linli.example.cn", "did:web:linli.example.cn"),
        ("http://localhost:8600", "did:web:localhost%3A8600"),
        ("https://x.cn/linli/a/", "did:web:x.cn:linli:a"),
    ],
)
def test_an_issuer_is_named_after_its_site(address: str, name: str) -> None:
    assert core.did_of(address) == name


def test_the_list_of_what_was_revoked_has_one_bit_for_each() -> None:
    subject = core.status_credential([0, 9, core.STATUS_BITS - 1], 3, did=DID, site=SITE, at=AT)["credentialSubject"]
    encoded = subject["encodedList"]
    bits = gzip.decompress(urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert encoded[0] == "u"
    assert subject["id"] == f"{SITE}/certificates/status/3#list"
    assert len(bits) * 8 == core.STATUS_BITS
    assert [n for n in range(core.STATUS_BITS) if bits[n // 8] & 0x80 >> n % 8] == [0, 9, core.STATUS_BITS - 1]
