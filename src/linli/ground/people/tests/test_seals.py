"""Seals and the blind index. No database."""

from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.people import seals
from linli.kernel.errors import Refused

LI, WANG = UUID(int=1), UUID(int=2)
KEY = b"\x07" * 32


@given(st.text(max_size=200))
def test_what_was_sealed_opens_again_and_never_looks_the_same(text: str) -> None:
    one, other = seals.seal(KEY, LI, "name", text), seals.seal(KEY, LI, "name", text)
    assert one != other
    assert seals.unseal(KEY, LI, "name", one) == text
    assert len(text) < 4 or text.encode() not in one


def test_a_seal_opens_under_no_other_person_field_or_key() -> None:
    sealed = seals.seal(KEY, LI, "name", "李奶奶")
    for key, subject, field in ((KEY, WANG, "name"), (KEY, LI, "phone"), (b"\x08" * 32, LI, "name")):
        with pytest.raises(InvalidTag):
            seals.unseal(key, subject, field, sealed)


@given(st.integers(1, 40), st.integers(0, 7))
def test_a_changed_bit_is_noticed(at: int, bit: int) -> None:
    sealed = bytearray(seals.seal(KEY, LI, "name", "李奶奶和小王"))
    sealed[at % len(sealed) or 1] ^= 1 << bit
    with pytest.raises(InvalidTag):
        seals.unseal(KEY, LI, "name", bytes(sealed))


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="version"):
        seals.unseal(KEY, LI, "name", b"\x02" + seals.seal(KEY, LI, "name", "李")[1:])


def test_a_key_is_wrapped_for_one_subject() -> None:
    wrapped = seals.new_wrapped_key(LI)
    assert len(seals.unwrap(LI, wrapped)) == 32
    assert seals.unwrap(LI, wrapped) != seals.unwrap(LI, seals.new_wrapped_key(LI))
    with pytest.raises(InvalidTag):
        seals.unwrap(WANG, wrapped)


def test_a_blind_index_finds_and_does_not_tell() -> None:
    index = seals.blind_index("phone", "+8613812345678")
    assert index == seals.blind_index("phone", "+8613812345678")
    assert index != seals.blind_index("phone", "+8613812345679")
    assert index != seals.blind_index("name", "+8613812345678")
    assert len(index) == 64
    assert "138" not in index or len(set(index)) > 4


@pytest.mark.parametrize("text", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "0086 13812345678", "１３８１２３４５６７８"])
def test_one_phone_has_one_spelling(text: str) -> None:
    assert seals.normal_phone(text) == "+8613812345678"


@pytest.mark.parametrize("text", ["", "abc", "12", "138" * 30, "+86", "😀", "' OR 1=1"])
def test_what_is_no_phone_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refused) as caught:
        seals.normal_phone(text)
    assert (caught.value.code.value, caught.value.field) == ("phone_invalid", "phone")
