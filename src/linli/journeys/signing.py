"""Ways in: phone and password, one-time code, passkey; and registering as a resident."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import webauthn
from django.conf import settings
from django.contrib.auth.hashers import check_password
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import InvalidAuthenticationResponse, InvalidJSONStructure, InvalidRegistrationResponse
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from linli.ground.people import reads as people_reads
from linli.ground.people import seals
from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.policy import reads as policies
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.kernel.actor import Actor, Channel
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import Refusal, Refused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Registration:
    """What a resident enters to register; `code` is the one-time code sent to the phone."""

    name: str
    phone: str
    code: str
    place: str
    password: str | None = None
    door: str = ""
    birth_year: int | None = None
    sex: str = ""
    language: str = "zh-hans"


def _phone_index(phone: str) -> str:
    return seals.blind_index("phone", seals.normal_phone(phone))


def _not_too_many(subject: str) -> None:
    policy = policies.policy("", now().date())
    window = policy.minutes("sign_in_window_minutes")
    if people.failures_since(subject, now() - timedelta(minutes=window)) >= policy.count("sign_in_tries_max"):
        raise Refused(Refusal.TOO_MANY_TRIES, minutes=window)


def send_code(phone: str) -> None:
    """Send a one-time code to `phone`, whether or not it is registered: the answer must not tell strangers who lives here.

    Raises Refused(PHONE_INVALID, TOO_MANY_TRIES).
    """
    index = _phone_index(phone)
    _not_too_many(f"send:{index}"[:64])
    people.note_failure(f"send:{index}"[:64], now())
    code = f"{secrets.randbelow(1_000_000):06d}"
    lives = policies.policy("", now().date()).minutes("one_time_code_minutes")
    people.issue_code(index, code, now=now(), lives=timedelta(minutes=lives))
    _send(seals.normal_phone(phone), code)


def _send(phone: str, code: str) -> None:
    if settings.LINLI_CODE_SENDER == "console":
        # Demo only: production refuses this sender (settings check linli.E002).
        print(f"[linli demo] one-time code for …{phone[-4:]}: {code}", flush=True)  # noqa: T201


def by_password(phone: str, password: str) -> UUID:
    """Return the person who signs in with phone and password. Raises Refused(WRONG_SIGN_IN, TOO_MANY_TRIES, PHONE_INVALID)."""
    index = _phone_index(phone)
    _not_too_many(index)
    found = people_reads.credentials(index)
    # The same work for an unknown phone, so that time tells nothing.
    right = check_password(password, found.password if found else people_reads.NO_PASSWORD)
    if found is None or not right:
        people.note_failure(index, now())
        raise Refused(Refusal.WRONG_SIGN_IN, field="password")
    return found.person


def by_code(phone: str, code: str) -> UUID:
    """Return the person who signs in with a one-time code. Raises Refused(CODE_WRONG, CODE_EXPIRED, TOO_MANY_TRIES, WRONG_SIGN_IN)."""
    index = _phone_index(phone)
    _use_code(index, code)
    found = people_reads.credentials(index)
    if found is None:
        raise Refused(Refusal.WRONG_SIGN_IN, field="phone")
    return found.person


def _use_code(index: str, code: str) -> None:
    _not_too_many(index)
    if not people.use_code(index, code.strip(), now=now()):
        people.note_failure(index, now())
        raise Refused(Refusal.CODE_WRONG, field="code")


def register(form: Registration, key: str) -> dict[str, Any]:
    """Register a resident whose phone answered a one-time code; return {"person"}.

    Raises Refused(PLACE_UNKNOWN, CODE_WRONG, CODE_EXPIRED, PHONE_TAKEN, PASSWORD_WEAK, INPUT_MISSING, INPUT_TOO_LONG).
    """
    index = _phone_index(form.phone)
    place = places.checked(form.place)
    if place.level < 5:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    # The code is spent outside the step: a wrong one must count even though the step rolls back.
    if people_reads.credentials(index) is None:
        _use_code(index, form.code)
    actor = Actor(f"phone:{index[:40]}", None, Channel.WEB)
    inputs = {
        "phone": index, "place": form.place, "name": seals.blind_index("name", form.name),
        "rest": seals.blind_index("rest", repr((form.door, form.birth_year, form.sex, form.language))),
    }  # fmt: skip
    with step(actor, key, "person.register", inputs, place=form.place) as s:
        if s.answer is not None:
            return s.answer
        new = people.NewPerson(form.name, form.place, form.phone, birth_year=form.birth_year, sex=form.sex, language=form.language)
        if form.door:
            new = people.with_household(new, people.enter_households(s, [(form.place, form.door)])[0])
        person = people.enter_person(s, new)
        people.open_account(s, person, form.password)
        return s.done({"person": str(person)})


def passkey_begin_register(person: UUID) -> dict[str, Any]:
    """Return WebAuthn creation options for a signed-in person, and the challenge to keep in the session as `state`."""
    shown = people_reads.disclose(Actor.of_person(person), [person], wanted=frozenset({DataClass.NAME}), purpose=Purpose.SELF, now=now())[
        person
    ]
    options = webauthn.generate_registration_options(
        rp_id=settings.LINLI_RP_ID,
        rp_name="邻里 Linli",
        user_id=person.bytes,
        user_name=shown.name or "邻里",
        exclude_credentials=[PublicKeyCredentialDescriptor(id=c) for c in people_reads.passkeys_of(person)],
    )
    return {"options": json.loads(webauthn.options_to_json(options)), "state": bytes_to_base64url(options.challenge)}


def passkey_finish_register(actor: Actor, state: str, response: dict[str, Any], key: str) -> dict[str, Any]:
    """Keep the passkey a browser made. Raises Refused(CODE_WRONG) where it does not answer the challenge."""
    try:
        made = webauthn.verify_registration_response(
            credential=response,
            expected_challenge=base64url_to_bytes(state),
            expected_rp_id=settings.LINLI_RP_ID,
            expected_origin=settings.LINLI_ORIGINS,
        )
    except (InvalidRegistrationResponse, InvalidJSONStructure):
        raise Refused(Refusal.CODE_WRONG, field="passkey") from None
    with step(actor, key, "person.settings", {"passkey": bytes_to_base64url(made.credential_id)}) as s:
        if s.answer is None and actor.person is not None:
            people.add_passkey(
                s, actor.person, credential=made.credential_id, public_key=made.credential_public_key, sign_count=made.sign_count
            )
            return s.done({"passkey": "kept"})
        return s.answer or s.done({})


def passkey_begin() -> dict[str, Any]:
    """Return WebAuthn request options for anybody, and the challenge to keep in the session as `state`."""
    options = webauthn.generate_authentication_options(rp_id=settings.LINLI_RP_ID, user_verification=UserVerificationRequirement.PREFERRED)
    return {"options": json.loads(webauthn.options_to_json(options)), "state": bytes_to_base64url(options.challenge)}


def passkey_finish(state: str, response: dict[str, Any]) -> UUID:
    """Return the person whose passkey answered the challenge. Raises Refused(WRONG_SIGN_IN)."""
    try:
        credential = base64url_to_bytes(str(response.get("rawId", "")))
        kept = people_reads.passkey(credential)
        if kept is None:
            raise Refused(Refusal.WRONG_SIGN_IN, field="passkey")
        used = webauthn.verify_authentication_response(
            credential=response,
            expected_challenge=base64url_to_bytes(state),
            expected_rp_id=settings.LINLI_RP_ID,
            expected_origin=settings.LINLI_ORIGINS,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.sign_count,
        )
    except (InvalidAuthenticationResponse, InvalidJSONStructure, ValueError):
        raise Refused(Refusal.WRONG_SIGN_IN, field="passkey") from None
    people.used_passkey(credential, used.new_sign_count)
    return kept.person
