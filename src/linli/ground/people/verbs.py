"""Writes of the people room: register, posts, groups, consent, opened access, notices, ways to sign in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from linli.ground.people import seals
from linli.ground.people.core import token_hash
from linli.ground.people.models import (
    Access,
    Account,
    Consent,
    FailedTry,
    GroupRow,
    Guardian,
    Household,
    Notice,
    OneTimeCode,
    Passkey,
    Person,
    PostRow,
    ProgramToken,
    SubjectKey,
)
from linli.ground.people.reads import addressed
from linli.kernel.actor import Role
from linli.kernel.disclosure import DataClass, Group, Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.kernel.text import clean

NAME_LENGTH_MAX = 60
DOOR_LENGTH_MAX = 40
WORDS_LENGTH_MAX = 500
BIRTH_YEAR_MIN = 1890
LABEL_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A resident to be entered. `phone` may be missing: many older residents have none."""

    name: str
    place: str
    phone: str | None = None
    household: UUID | None = None
    birth_year: int | None = None
    sex: str = ""
    language: str = "zh-hans"
    elder_view: bool = False
    synthetic: bool = False
    persona: str = ""


def with_household(new: NewPerson, household: UUID) -> NewPerson:
    """Return `new` living behind the door of `household`."""
    return replace(new, household=household)


def _text(text: str, field: str, length_max: int, *, lines: bool = False) -> str:
    try:
        result = clean(text, length_max=length_max, lines=lines)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=length_max) from None
    if not result:
        raise Refused(Refusal.INPUT_MISSING, field=field)
    return result


def _person_row(s: Step, new: NewPerson, key: bytes, pk: UUID) -> Person:
    phone = seals.normal_phone(new.phone) if new.phone else None
    if new.birth_year is not None and not BIRTH_YEAR_MIN <= new.birth_year <= s.now.year:
        raise Refused(Refusal.INPUT_INVALID, field="birth_year")
    if new.sex not in {"", "f", "m"}:
        raise Refused(Refusal.INPUT_INVALID, field="sex")
    return Person(
        pk=pk, place_code=new.place, household_id=new.household,
        name_sealed=seals.seal(key, pk, "name", _text(new.name, "name", NAME_LENGTH_MAX)),
        phone_sealed=seals.seal(key, pk, "phone", phone) if phone else None,
        phone_index=seals.blind_index("phone", phone) if phone else None,
        birth_year=new.birth_year, sex=new.sex, language=new.language, elder_view=new.elder_view,
        synthetic=new.synthetic, persona=new.persona, recorded_at=s.now,
    )  # fmt: skip


def enter_people(s: Step, people: Sequence[NewPerson]) -> list[UUID]:
    """Enter residents in bulk and return their ids in order. Raises Refused naming the row; nothing is entered then."""
    keys, rows = [], []
    for number, new in enumerate(people):
        pk = new_id(s.now)
        wrapped = seals.new_wrapped_key(pk)
        try:
            rows.append(_person_row(s, new, seals.unwrap(pk, wrapped), pk))
        except Refused as refused:
            if len(people) == 1:
                raise
            raise Refused(refused.code, field=f"row {number + 1}: {refused.field}", **refused.facts) from None
        keys.append(SubjectKey(subject=pk, wrapped=wrapped))
    SubjectKey.objects.bulk_create(keys, batch_size=2000)
    try:
        with transaction.atomic():
            Person.objects.bulk_create(rows, batch_size=2000)
    except IntegrityError as error:
        if "phone_index" in str(error):
            raise Refused(Refusal.PHONE_TAKEN, field="phone") from None
        raise
    return [row.pk for row in rows]


def enter_person(s: Step, new: NewPerson) -> UUID:
    """Enter one resident and return their id. Raises Refused for a taken or invalid phone, an empty or too long name."""
    pk = enter_people(s, [new])[0]
    s.record("person:registered", place=new.place, payload={"person": str(pk)})
    return pk


def enter_households(s: Step, doors: Sequence[tuple[str, str]], *, synthetic: bool = False) -> list[UUID]:
    """Enter households given as (building code, door words), return their ids in order."""
    keys, rows = [], []
    for place, door in doors:
        pk = new_id(s.now)
        wrapped = seals.new_wrapped_key(pk)
        sealed = seals.seal(seals.unwrap(pk, wrapped), pk, "door", _text(door, "door", DOOR_LENGTH_MAX))
        keys.append(SubjectKey(subject=pk, wrapped=wrapped))
        rows.append(Household(pk=pk, place_code=place, door_sealed=sealed, recorded_at=s.now, synthetic=synthetic))
    SubjectKey.objects.bulk_create(keys, batch_size=2000)
    Household.objects.bulk_create(rows, batch_size=2000)
    return [row.pk for row in rows]


def join_household(s: Step, person: UUID, household: UUID) -> None:
    """Record behind which door a person lives."""
    place = Household.objects.filter(pk=household).values_list("place_code", flat=True).first()
    if place is None:
        raise NotFound
    Person.objects.filter(pk=person).update(household_id=household, place_code=place)


def change_settings(s: Step, person: UUID, *, language: str | None = None, elder_view: bool | None = None) -> None:
    """Change how pages look for a person."""
    changes: dict[str, Any] = {}
    if language is not None:
        changes["language"] = language
    if elder_view is not None:
        changes["elder_view"] = elder_view
    if changes:
        Person.objects.filter(pk=person).update(**changes)


def seal_words(s: Step, need: UUID, text: str) -> bytes | None:
    """Seal what was written with a need under a key of that need; None where nothing was written."""
    try:
        kept = clean(text, length_max=WORDS_LENGTH_MAX, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field="words", length_max=WORDS_LENGTH_MAX) from None
    if not kept:
        return None
    wrapped = seals.new_wrapped_key(need)
    SubjectKey.objects.create(subject=need, wrapped=wrapped)
    return seals.seal(seals.unwrap(need, wrapped), need, "words", kept)


def seal_text(person: UUID, field: str, text: str) -> bytes:
    """Seal a text about a person under their own key, as `field`. Raises NotFound where the key was destroyed."""
    wrapped = SubjectKey.objects.filter(subject=person).values_list("wrapped", flat=True).first()
    if wrapped is None:
        raise NotFound("person")
    return seals.seal(seals.unwrap(person, bytes(wrapped)), person, field, text)


def grant_post(s: Step, person: UUID, role: Role, place: str) -> None:
    """Give a role at a place from now; holding it already changes nothing."""
    _, fresh = PostRow.objects.get_or_create(
        person_id=person, role=role.value, place_code=place, ends_at=None, defaults={"starts_at": s.now}
    )
    if fresh:
        s.record("post:granted", place=place, payload={"person": str(person), "role": role.value})


def grant_posts(s: Step, rows: Iterable[tuple[UUID, Role, str]]) -> None:
    """Give many roles at once (a new district); each must be new."""
    PostRow.objects.bulk_create(
        [PostRow(person_id=p, role=role.value, place_code=place, starts_at=s.now) for p, role, place in rows], batch_size=2000
    )


def end_post(s: Step, person: UUID, role: Role, place: str) -> None:
    """Take a role away from now; it is gone at the person's next request. Raises NotFound where it is not held."""
    if not PostRow.objects.filter(person_id=person, role=role.value, place_code=place, ends_at=None).update(ends_at=s.now):
        raise NotFound
    s.record("post:ended", place=place, payload={"person": str(person), "role": role.value})


def enter_groups(s: Step, rows: Iterable[tuple[UUID, Group, str, date, UUID | None]]) -> None:
    """Enter people into special groups: (person, group, grounds, review date, named helper or None)."""
    GroupRow.objects.bulk_create(
        [
            GroupRow(person_id=p, group=g.value, grounds=grounds, review_on=review, helper=helper, starts_at=s.now)
            for p, g, grounds, review, helper in rows
        ],
        batch_size=2000,
    )


def enter_guardian(s: Step, *, ward: UUID, guardian: UUID, place: str, grounds: str = "") -> None:
    """Record who acts for whom, on what grounds; `place` is the ward's. Twice changes nothing."""
    _, fresh = Guardian.objects.get_or_create(
        ward_id=ward, guardian_id=guardian, ends_at=None, defaults={"starts_at": s.now, "grounds": grounds}
    )
    if fresh:
        s.record("guardian:entered", place=place, payload={"ward": str(ward), "guardian": str(guardian), "grounds": grounds})


def end_guardian(s: Step, *, ward: UUID, guardian: UUID, place: str) -> None:
    """End that somebody acts for a person, from now. Raises NotFound where they do not."""
    if not Guardian.objects.filter(ward_id=ward, guardian_id=guardian, ends_at=None).update(ends_at=s.now):
        raise NotFound
    s.record("guardian:ended", place=place, payload={"ward": str(ward), "guardian": str(guardian)})


def grant_consent(s: Step, person: UUID, *, data_class: DataClass, audience: str, purpose: str, until: datetime | None, place: str) -> UUID:
    """Record a grant and return its receipt number (ISO/IEC TS 27560: one receipt per grant)."""
    pk = new_id(s.now)
    Consent.objects.create(
        pk=pk, person_id=person, data_class=data_class.value, audience=audience, purpose=purpose, granted_at=s.now, until=until
    )
    s.record("consent:granted", place=place, payload={"consent": str(pk), "class": data_class.value, "audience": audience})
    return pk


def withdraw_consent(s: Step, person: UUID, consent: UUID, *, place: str) -> None:
    """Withdraw a grant; it ends with this commit. Raises NotFound where it is not this person's or ended before."""
    if not Consent.objects.filter(pk=consent, person_id=person, withdrawn_at=None).update(withdrawn_at=s.now):
        raise NotFound
    s.record("consent:withdrawn", place=place, payload={"consent": str(consent)})


def open_access(
    s: Step, *, subject: UUID, classes: Collection[DataClass], purpose: Purpose, about: str,
    viewer: UUID | None = None, post: tuple[Role, str] | None = None,
) -> None:  # fmt: skip
    """Open classes of `subject` to one person or to a post, until `close_access(about)`."""
    role, place = post if post else ("", "")
    Access.objects.create(
        subject=subject, viewer=viewer, role=role, place_code=place, classes=sorted(classes), purpose=purpose.value, about=about,
        starts_at=s.now,
    )  # fmt: skip


def close_access(s: Step, *about: str, viewer: UUID | None = None) -> None:
    """End what was opened for each of `about` (a visit, a need), for everybody or for one viewer."""
    rows = Access.objects.filter(about__in=about, ends_at=None)
    (rows.filter(viewer=viewer) if viewer else rows).update(ends_at=s.now)


def tell(
    s: Step, kind: str, *, about: str, person: UUID | None = None, post: tuple[Role, str] | None = None,
    facts: Mapping[str, str | int] | None = None,
) -> None:  # fmt: skip
    """Leave a notice for a person or a post in this transaction."""
    role, place = post if post else ("", "")
    Notice.objects.create(
        pk=new_id(s.now), person=person, role=role, place_code=place, kind=kind, about=about, facts=dict(facts or {}), at=s.now
    )


def tell_each(s: Step, kind: str, people: Iterable[UUID], *, about: str, facts: Mapping[str, str | int]) -> None:
    """Leave the same notice for several people in this transaction."""
    Notice.objects.bulk_create(
        Notice(pk=new_id(s.now), person=person, role="", place_code="", kind=kind, about=about, facts=dict(facts), at=s.now)
        for person in people
    )


def read_notices(s: Step, ids: Collection[UUID]) -> None:
    """Mark notices read by the actor; those meant for somebody else stay as they are."""
    Notice.objects.filter(addressed(s.actor), pk__in=ids, read_at=None).update(read_at=s.now, read_by=s.actor.person)


def open_account(s: Step, person: UUID, password: str | None) -> None:
    """Give a person a way in by phone; without a password only codes and passkeys work. Raises Refused(PASSWORD_WEAK, PHONE_INVALID)."""
    index = Person.objects.filter(pk=person).values_list("phone_index", flat=True).first()
    if index is None:
        raise Refused(Refusal.PHONE_INVALID, field="phone")
    if password is not None:
        try:
            validate_password(password)
        except ValidationError:
            raise Refused(Refusal.PASSWORD_WEAK, field="password", length_min=8) from None
    Account.objects.create(person_id=person, phone_index=index, password=make_password(password), recorded_at=s.now)


def add_passkey(s: Step, person: UUID, *, credential: bytes, public_key: bytes, sign_count: int) -> None:
    """Keep a WebAuthn credential."""
    Passkey.objects.create(account_id=person, credential=credential, public_key=public_key, sign_count=sign_count, recorded_at=s.now)


def issue_token(s: Step, person: UUID, *, label: str, secret: str, until: datetime) -> UUID:
    """Let whoever holds `secret` act as `person` until a moment; only its hash is kept. Raises NotFound for somebody without an account."""
    if not Account.objects.filter(pk=person, is_active=True).exists():
        raise NotFound
    pk = new_id(s.now)
    ProgramToken.objects.create(
        pk=pk,
        account_id=person,
        label=_text(label, "label", LABEL_LENGTH_MAX),
        secret_hash=token_hash(secret),
        issued_at=s.now,
        until=until,
    )
    return pk


def revoke_token(s: Step, person: UUID, token: UUID) -> None:
    """End a token of `person`; it opens nothing from the next request on. Raises NotFound where it is not theirs or ended before."""
    if not ProgramToken.objects.filter(pk=token, account_id=person, revoked_at=None).update(revoked_at=s.now):
        raise NotFound


# Signing in comes before there is an actor: these take the moment, not a step.


def issue_code(phone_index: str, code: str, *, now: datetime, lives: timedelta) -> None:
    """Keep the hash of a one-time code for a phone."""
    OneTimeCode.objects.create(phone_index=phone_index, code_hash=_code_hash(phone_index, code), expires_at=now + lives, recorded_at=now)


def use_code(phone_index: str, code: str, *, now: datetime, tries_max: int = 5) -> bool:
    """Use the newest code once; five wrong tries spend it. Returns whether it was right; raises Refused(CODE_EXPIRED)."""
    row = OneTimeCode.objects.filter(phone_index=phone_index, used_at=None).order_by("-recorded_at", "-pk").first()
    if row is None or row.expires_at <= now or row.tries >= tries_max:
        raise Refused(Refusal.CODE_EXPIRED, field="code")
    OneTimeCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    if row.code_hash != _code_hash(phone_index, code):
        return False
    return OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now) == 1


def _code_hash(phone_index: str, code: str) -> str:
    return hashlib.sha256(f"{phone_index}\n{code}".encode()).hexdigest()


def note_failure(subject: str, now: datetime) -> None:
    """Count a failed sign-in."""
    FailedTry.objects.create(subject=subject, at=now)


def failures_since(subject: str, since: datetime) -> int:
    """Return how many tries failed since."""
    return FailedTry.objects.filter(subject=subject, at__gte=since).count()


def used_passkey(credential: bytes, sign_count: int) -> None:
    """Keep the newest signature counter."""
    Passkey.objects.filter(credential=credential).update(sign_count=sign_count)


# What somebody who answers a need must know of its asker, and no more.
QUEUE_CLASSES = (DataClass.NAME, DataClass.PHONE, DataClass.DOOR, DataClass.AGE, DataClass.WORDS)
HELPER_CLASSES = (DataClass.NAME, DataClass.PHONE, DataClass.DOOR, DataClass.WORDS)
RESIDENT_CLASSES = (DataClass.NAME, DataClass.PHONE)


def open_for_queue(s: Step, asker: UUID, need: UUID, post: tuple[Role, str]) -> None:
    """Open an asker to the post that answers for their need now (street, city, or where it was dispatched)."""
    open_access(s, subject=asker, classes=QUEUE_CLASSES, purpose=Purpose.ESCALATED, about=f"need:{need}", post=post)


def open_for_visit(s: Step, *, visit: UUID, need: UUID, asker: UUID | None, helper: UUID) -> None:
    """Open helper and asker to each other for a visit: name and phone; to the helper also the door and the words."""
    about = f"visit:{visit}"
    open_access(s, subject=asker or need, classes=HELPER_CLASSES, purpose=Purpose.VISIT, about=about, viewer=helper)
    if asker is not None:
        open_access(s, subject=helper, classes=RESIDENT_CLASSES, purpose=Purpose.VISIT, about=about, viewer=asker)


def open_to_each_other(s: Step, *, visits: tuple[UUID, UUID], helpers: tuple[UUID, UUID]) -> None:
    """Open two helpers who go together to each other, name and phone, each until their own visit ends."""
    for (visit, viewer), subject in zip(zip(visits, helpers, strict=True), reversed(helpers), strict=True):
        open_access(s, subject=subject, classes=RESIDENT_CLASSES, purpose=Purpose.VISIT, about=f"visit:{visit}", viewer=viewer)


def name_helper(s: Step, person: UUID, helper: UUID) -> None:
    """Name the helper of a member of special groups. Raises NotFound for somebody in none."""
    if not GroupRow.objects.filter(person_id=person, ends_at=None).update(helper=helper):
        raise NotFound
