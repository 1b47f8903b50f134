"""The certificate of volunteer service as a W3C Verifiable Credential 2.0, signed with eddsa-jcs-2022 (VC Data Integrity). Pure.

What it must say: 志愿服务条例 art. 19 and 民政部令第67号 (who helped, when, how long, what, and who organised it). It costs nothing.
"""

from __future__ import annotations

import gzip
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from linli.kernel import canon

CONTEXT = "https://www.w3.org/ns/credentials/v2"
KINDS = ("VerifiableCredential", "VolunteerServiceCredential")
SUITE = "eddsa-jcs-2022"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58 of Bitcoin, as multibase z
ED25519 = bytes([0xED, 0x01])  # multicodec of the key
STATUS_BITS = 131_072  # the least that the status list specification asks for, so that one entry says little about anybody
LIST_FULL = STATUS_BITS // 2  # then the next list begins: a free place in it is drawn, and must be found at once


class NotGenuine(ValueError):
    """A certificate that is none, was changed, or was not signed by this issuer. `flaw`: form, issuer, key, signature, date."""

    def __init__(self, flaw: str) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Served:
    """What somebody did of one service: `name` as people say it."""

    code: str
    name: str
    visits: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Service:
    """What a certificate attests: a person's help from `since` to `until` (both days included), organised by a community."""

    id: UUID
    name: str
    since: date
    until: date
    place: str
    organiser: str
    served: tuple[Served, ...]
    status_list: int
    status_index: int

    @property
    def minutes(self) -> int:
        """Return how long in all."""
        return sum(row.minutes for row in self.served)

    @property
    def visits(self) -> int:
        """Return how many times in all."""
        return sum(row.visits for row in self.served)


def base58(data: bytes) -> str:
    """Return bytes in base58 (Bitcoin's letters)."""
    number, found = int.from_bytes(data, "big"), []
    while number:
        number, rest = divmod(number, 58)
        found.append(ALPHABET[rest])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return ALPHABET[0] * zeros + "".join(reversed(found))


def unbase58(text: str) -> bytes:
    """Read base58. Raises ValueError for another letter."""
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def did_of(public_url: str) -> str:
    """Return the issuer's name (did:web) for the address of a site: a port and a path are spelled as the method asks."""
    parts = urlsplit(public_url)
    path = "".join(f":{step}" for step in parts.path.split("/") if step)
    return f"did:web:{parts.netloc.replace(':', '%3A')}{path}"


def public_of(seed: bytes) -> bytes:
    """Return the public half of a key."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def context_document(site: str) -> dict[str, Any]:
    """Return what our own words in a certificate mean to JSON-LD: they stand on the page for checking one."""
    return {"@context": {"@vocab": f"{site}/certificates/#"}}


def did_document(did: str, public: bytes) -> dict[str, Any]:
    """Return the document that says which key signs for an issuer (a Multikey)."""
    method = f"{did}#certificates"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [{"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": f"z{base58(ED25519 + public)}"}],
        "assertionMethod": [method],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def jcs(value: Mapping[str, Any]) -> bytes:
    """Return a document in the canonical spelling of RFC 8785; whole numbers only, so that it is that of the kernel."""
    return canon.canonical(value)[len(canon.PREFIX) :]


def credential(service: Service, *, did: str, site: str, at: datetime) -> dict[str, Any]:
    """Return the unsigned certificate. `site` is the address of this Linli, without a slash at its end; `at` when it is issued."""
    rows = [{"service": row.code, "name": row.name, "visits": row.visits, "minutes": row.minutes} for row in service.served]
    return {
        "@context": [CONTEXT, f"{site}/certificates/context"],
        "id": f"urn:uuid:{service.id}",
        "type": list(KINDS),
        "name": "志愿服务记录证明",
        "issuer": {"id": did, "name": service.organiser},
        "validFrom": _moment(at),
        "credentialStatus": {
            "id": f"{status_address(site, service.status_list)}#{service.status_index}", "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": str(service.status_index),
            "statusListCredential": status_address(site, service.status_list),
        },
        "credentialSubject": {
            "volunteer": service.name, "since": service.since.isoformat(), "until": service.until.isoformat(), "visits": service.visits,
            "minutes": service.minutes, "services": rows, "organiser": service.organiser, "place": service.place,
        },
    }  # fmt: skip


def status_address(site: str, number: int) -> str:
    """Return where list `number` (from 1) of what was revoked is published."""
    return f"{site}/certificates/status/{number}"


def status_credential(revoked: Sequence[int], number: int, *, did: str, site: str, at: datetime) -> dict[str, Any]:
    """Return the unsigned list `number` of what was revoked (Bitstring Status List 1.0): one bit a certificate, leftmost first."""
    bits = bytearray(STATUS_BITS // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    encoded = urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
    return {
        "@context": [CONTEXT],
        "id": status_address(site, number),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": _moment(at),
        "credentialSubject": {"id": f"{status_address(site, number)}#list", "type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": f"u{encoded}"},
    }  # fmt: skip


def _hashed(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return sha256(jcs(options)).digest() + sha256(jcs(document)).digest()


def signed(document: Mapping[str, Any], seed: bytes, *, did: str, at: datetime) -> dict[str, Any]:
    """Return a document with its proof."""
    options = {
        "@context": document["@context"], "type": "DataIntegrityProof", "cryptosuite": SUITE, "created": _moment(at),
        "verificationMethod": f"{did}#certificates", "proofPurpose": "assertionMethod",
    }  # fmt: skip
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_hashed(document, options))
    return {**document, "proof": {**options, "proofValue": f"z{base58(signature)}"}}


def text_of(document: Mapping[str, Any]) -> str:
    """Return a signed document as a file: canonical JSON and a newline."""
    return jcs(document).decode() + "\n"


def read(text: str) -> dict[str, Any]:
    """Return a document out of a file. Raises NotGenuine(form)."""
    try:
        found = json.loads(text)
        canon.canonical(found)
    except (ValueError, TypeError, RecursionError):
        raise NotGenuine("form") from None
    if not isinstance(found, dict):
        raise NotGenuine("form")
    return found


def check(document: Mapping[str, Any], public: bytes, *, did: str) -> None:
    """Check a document's proof against the issuer's key. Raises NotGenuine with the first flaw."""
    proof, issuer = document.get("proof"), document.get("issuer")
    if not isinstance(proof, dict) or not isinstance(document.get("@context"), list):
        raise NotGenuine("form")
    if (issuer.get("id") if isinstance(issuer, dict) else issuer) != did or proof.get("verificationMethod") != f"{did}#certificates":
        raise NotGenuine("issuer")
    wanted = ("DataIntegrityProof", SUITE, "assertionMethod")
    if (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose")) != wanted or proof.get("@context") != document["@context"]:
        raise NotGenuine("form")
    try:
        value = str(proof["proofValue"])
        signature = unbase58(value[1:]) if value.startswith("z") else b""
        options = {name: inner for name, inner in proof.items() if name != "proofValue"}
        body = {name: inner for name, inner in document.items() if name != "proof"}
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _hashed(body, options))
    except (KeyError, ValueError, TypeError, InvalidSignature):
        raise NotGenuine("signature") from None
