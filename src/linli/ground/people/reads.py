"""Who somebody is, what they may see, and the one way to a personal field: disclose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q
from django.db.models.functions import JSONObject

from linli.ground.people import seals
from linli.ground.people.core import Ties, age_band, is_minor, may_see, token_hash
from linli.ground.people.kept import Kept, groups_of, kept
from linli.ground.people.kept import live as _live
from linli.ground.people.models import (
    Account,
    Consent,
    GroupRow,
    Guardian,
    Look,
    Notice,
    Passkey,
    Person,
    PostRow,
    ProgramToken,
)
from linli.kernel.actor import STAFF, Actor, Channel, Post, Role
from linli.kernel.disclosure import DataClass, Group, Purpose
from linli.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What rooms may know of a person without disclosure: no name, no phone, no door."""

    id: UUID
    place: str
    household: UUID | None
    sex: str
    minor: bool
    birth_year: int | None
    language: str
    elder_view: bool
    synthetic: bool
    persona: str
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One subject as one viewer may see them; a field not granted is None. `place` is open to rooms without disclosure, as on a card."""

    id: UUID
    name: str | None = None
    phone: str | None = None
    door: str | None = None
    age: str | None = None
    groups: tuple[Group, ...] | None = None
    classes: frozenset[DataClass] = frozenset()
    place: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A message as its reader sees it; doors turn `kind` and `facts` into words."""

    id: UUID
    kind: str
    about: str
    facts: dict[str, Any]
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look at one's own data."""

    viewer_ref: str
    viewer_role: str
    classes: tuple[str, ...]
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One grant, live or withdrawn; its id is the receipt number."""

    id: UUID
    data_class: str
    audience: str
    purpose: str
    granted_at: datetime
    until: datetime | None
    withdrawn_at: datetime | None


def posts_of(person: UUID, now: datetime) -> tuple[Post, ...]:
    """Return the posts that `person` holds at `now`."""
    rows = PostRow.objects.filter(_live(now), person_id=person).values_list("role", "place_code")
    return tuple(Post(Role(role), place) for role, place in rows)


def _posts(person: str, now: datetime) -> ArraySubquery:
    rows = PostRow.objects.filter(_live(now), person_id=OuterRef(person)).order_by("pk")
    return ArraySubquery(rows.values(post=JSONObject(role="role", place="place_code")))


def _acting(person: UUID, home: str, posts: Iterable[dict[str, str]], channel: Channel) -> Actor:
    return Actor.of_person(person, channel=channel, posts=tuple(Post(Role(p["role"]), p["place"]) for p in posts), home=home)


def actor_of(person: UUID, now: datetime, *, channel: Channel = Channel.WEB) -> Actor:
    """Return `person` as an actor with today's posts, in one query. Raises NotFound for an unknown person."""
    row = Person.objects.filter(pk=person).annotate(held=_posts("pk", now)).values_list("place_code", "held").first()
    if row is None:
        raise NotFound
    return _acting(person, row[0], row[1], channel)


def account_of(person: UUID, now: datetime) -> Account | None:
    """Return the open account of a person with what `actor_behind` wants to know on it, in one query; None where there is none."""
    rows = Account.objects.filter(pk=person, is_active=True)
    wards = Guardian.objects.filter(_live(now), guardian_id=OuterRef("person_id")).order_by("pk").values("ward_id")
    return rows.annotate(linli_home=F("person__place_code"), linli_posts=_posts("person_id", now), linli_wards=ArraySubquery(wards)).first()


def wards_behind(account: Any) -> tuple[UUID, ...]:
    """Return those whom the person of an account that `account_of` returned acts for; no query."""
    return tuple(account.linli_wards)


def actor_behind(account: Any, *, channel: Channel = Channel.WEB) -> Actor:
    """Return the actor behind an account that `account_of` returned; no query."""
    return _acting(account.pk, account.linli_home, account.linli_posts, channel)


def card_of(row: Person, groups: tuple[Group, ...], now: datetime) -> PersonCard:
    """Return the card of a row that was read; no query."""
    return PersonCard(
        row.pk, row.place_code, row.household_id, row.sex, is_minor(row.birth_year, now), row.birth_year, row.language,
        row.elder_view, row.synthetic, row.persona, groups,
    )  # fmt: skip


def cards(ids: Collection[UUID], now: datetime) -> dict[UUID, PersonCard]:
    """Return the cards of `ids` in one query; unknown ids are left out."""
    rows = Person.objects.filter(pk__in=ids).annotate(in_groups=groups_of("pk", now)) if ids else ()
    return {row.pk: card_of(row, tuple(Group(name) for name in row.in_groups), now) for row in rows}


def card(person: UUID, now: datetime) -> PersonCard:
    """Return one card. Raises NotFound."""
    found = cards([person], now).get(person)
    if found is None:
        raise NotFound
    return found


def person_by_phone(phone: str) -> UUID | None:
    """Return the person reached under `phone`, or None. Raises Refused(PHONE_INVALID)."""
    index = seals.blind_index("phone", seals.normal_phone(phone))
    return Person.objects.filter(phone_index=index).values_list("pk", flat=True).first()


def wards_of(person: UUID, now: datetime) -> tuple[UUID, ...]:
    """Return those whom `person` acts for."""
    return tuple(Guardian.objects.filter(_live(now), guardian_id=person).values_list("ward_id", flat=True))


def acts_for(person: UUID, subject: UUID, now: datetime) -> bool:
    """Tell whether `person` is `subject`, or their guardian at `now`."""
    return person == subject or Guardian.objects.filter(_live(now), guardian_id=person, ward_id=subject).exists()


def same_household(one: UUID, other: UUID) -> bool:
    """Tell whether two people live behind one door."""
    doors = list(Person.objects.filter(pk__in=[one, other]).values_list("household_id", flat=True))
    return len(doors) == 2 and doors[0] is not None and doors[0] == doors[1]


def holders(role: Role, place: str, now: datetime) -> tuple[UUID, ...]:
    """Return who holds `role` at exactly `place`."""
    return tuple(PostRow.objects.filter(_live(now), role=role, place_code=place).values_list("person_id", flat=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page wants to know of some people, and why."""

    subjects: tuple[UUID, ...]
    wanted: frozenset[DataClass]
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Sealed:
    """Free words kept with a need: who asked (None: nobody with an account), in which community, the words as sealed (None: no words)."""

    need: UUID
    asker: UUID | None
    community: str
    words: bytes | None


def disclose(actor: Actor, subjects: Iterable[UUID], *, wanted: frozenset[DataClass], purpose: Purpose, now: datetime) -> dict[UUID, Shown]:
    """Return each subject as `actor` may see them, and log every look at somebody else.

    One query and the log for any number of subjects. Unknown and forgotten people are shown with nothing. This and `disclose_all` are
    the only way to a personal field; a page that sorts, searches or counts by one goes through it too.
    """
    return disclose_all(actor, [Asked(tuple(subjects), wanted, purpose)], now=now)[0][0]


def disclose_all(
    actor: Actor, asked: Sequence[Asked], *, words: Iterable[Sealed] = (), now: datetime
) -> tuple[tuple[dict[UUID, Shown], ...], dict[UUID, str | None]]:
    """Return what a whole page wants to know: the people of each of `asked`, and the opened `words` by need.

    One query, and one for the log, for any number of questions. Each question leaves its own looks, as if it had been asked alone.
    Words of a known asker open by the rule of disclosure; words left without an account open for the worker of that community and
    whoever the need was opened to. Their look is the one at their asker, with DataClass.WORDS among what is wanted.
    """
    sealed = list(words)
    people = {pk for ask in asked for pk in ask.subjects} | {row.asker for row in sealed if row.asker}
    others = {row.need for row in sealed if row.words or not row.asker}
    found = kept(actor, people, others, now) if people or others else {}
    shown, looks = [], []
    for ask in asked:
        ids = list(dict.fromkeys(ask.subjects))
        allowed = {pk: _allowed(actor, found[pk]) & ask.wanted for pk in ids if pk in found}
        shown.append({pk: _shown(found[pk], allowed[pk], now) if pk in found else Shown(pk) for pk in ids})
        looks += [_look(actor, found[pk], classes, ask, now) for pk, classes in allowed.items() if classes and pk != actor.person]
    if looks:
        # The log is part of looking: where it can not be written, nothing is shown (the error ends the request).
        Look.objects.bulk_create(looks)
    return tuple(shown), {row.need: _opened_words(actor, row, found) for row in sealed}


def _allowed(actor: Actor, row: Kept) -> frozenset[DataClass]:
    return may_see(actor, row.id, row.place, row.ties)


def _shown(row: Kept, classes: frozenset[DataClass], now: datetime) -> Shown:
    if row.wrapped is None or not classes:
        return Shown(row.id, place=row.place)
    return Shown(
        row.id,
        name=row.unseal("name", row.name) if DataClass.NAME in classes else None,
        phone=row.unseal("phone", row.phone) if DataClass.PHONE in classes and row.phone else None,
        door=row.open_door() if DataClass.DOOR in classes else None,
        age=age_band(row.birth_year, now) if DataClass.AGE in classes else None,
        groups=row.groups if DataClass.GROUPS in classes else None,
        classes=classes,
        place=row.place,
    )


def _look(actor: Actor, row: Kept, classes: frozenset[DataClass], asked: Asked, now: datetime) -> Look:
    role = next((p.role.value for p in actor.posts if p.role in STAFF or p.role is Role.GRID_WORKER), "")
    # Where the viewer's own posts open all that is wanted, the purpose is the page's; else it is that of the step that opened more.
    own = asked.wanted <= may_see(actor, row.id, row.place, Ties())
    purpose = "" if own else row.opened_for
    return Look(
        subject=row.id, viewer_ref=actor.ref, viewer_role=role, classes=",".join(sorted(classes)), purpose=purpose or asked.purpose.value,
        at=now,
    )  # fmt: skip


def own_text(actor: Actor, person: UUID, field: str, sealed: bytes, now: datetime) -> str | None:
    """Open a text that was sealed for a person: for themselves, their guardian, and the worker of their community (who may read their words).

    None for anybody else, and where the key was destroyed. A look of somebody else is logged. One query, and one for the log.
    """
    row = kept(actor, [person], (), now).get(person)
    own = Ties(guardian=row.ties.guardian) if row else Ties()
    if row is None or row.wrapped is None or DataClass.WORDS not in may_see(actor, person, row.place, own):
        return None
    if person != actor.person:
        ask = Asked((person,), frozenset({DataClass.NAME}), Purpose.REGISTER)
        _look(actor, row, ask.wanted, ask, now).save(force_insert=True)
    return row.unseal(field, sealed)


def words(actor: Actor, sealed: Iterable[Sealed], *, now: datetime) -> dict[UUID, str | None]:
    """Open free words kept with needs, as far as `actor` may read them; one query. See `disclose_all` for the rule and for the look."""
    return disclose_all(actor, (), words=sealed, now=now)[1]


def _opened_words(actor: Actor, row: Sealed, found: Mapping[UUID, Kept]) -> str | None:
    own, subject = found.get(row.need), found.get(row.asker or row.need)
    if row.words is None or own is None or own.wrapped is None:
        return None
    ties = subject.ties if subject else Ties()
    rights = may_see(actor, row.asker or row.need, row.community, ties)
    return own.unseal("words", row.words) if DataClass.WORDS in rights else None


def consenting(place: str, data_class: DataClass, audience: str, purpose: str, now: datetime) -> tuple[UUID, ...]:
    """Return people living at `place` or below who let `audience` see a class for `purpose` at this moment, the earliest first; one query."""
    rows = Consent.objects.filter(
        Q(until=None) | Q(until__gt=now), person__place_code__startswith=place, data_class=data_class.value, audience=audience,
        purpose=purpose, withdrawn_at=None, granted_at__lte=now,
    )  # fmt: skip
    return tuple(dict.fromkeys(rows.order_by("granted_at", "pk").values_list("person_id", flat=True)))


def looks_at(person: UUID, *, limit: int = 50) -> tuple[LookRow, ...]:
    """Return the latest looks at one's own data, newest first."""
    rows = Look.objects.filter(subject=person).order_by("-at", "-pk")[:limit]
    return tuple(LookRow(r.viewer_ref, r.viewer_role, tuple(r.classes.split(",")), r.purpose, r.at) for r in rows)


def consents_of(person: UUID) -> tuple[ConsentRow, ...]:
    """Return every grant a person made, newest first, withdrawn ones too."""
    rows = Consent.objects.filter(person_id=person).order_by("-granted_at", "-pk")
    return tuple(ConsentRow(r.pk, r.data_class, r.audience, r.purpose, r.granted_at, r.until, r.withdrawn_at) for r in rows)


def addressed(actor: Actor) -> Q:
    """Return the condition for the messages meant for an actor: their own, and those to the posts they hold."""
    mine = Q(person=actor.person)
    for post in actor.posts:
        mine |= Q(person=None, role=post.role.value, place_code=post.place)
    return mine


def notices(actor: Actor, *, before: UUID | None = None, limit: int = 30) -> tuple[NoticeRow, ...]:
    """Return the latest messages to this person or to the posts they hold, newest first; `before` is the last one of the page before."""
    if actor.person is None:
        return ()
    rows = Notice.objects.filter(addressed(actor))
    if before is not None:  # ids are in order of time
        rows = rows.filter(pk__lt=before)
    rows = rows.order_by("-at", "-pk")[:limit]
    return tuple(NoticeRow(r.pk, r.kind, r.about, r.facts, r.at, r.read_at) for r in rows)


def unread(actor: Actor) -> int:
    """Return how many messages are unread (at most 99 are counted)."""
    if actor.person is None:
        return 0
    return Notice.objects.filter(addressed(actor), read_at=None)[:99].count()


def personas() -> dict[str, UUID]:
    """Return the marked synthetic people of the demo, by persona name."""
    return dict(Person.objects.filter(synthetic=True).exclude(persona="").values_list("persona", "pk"))


def anybody() -> bool:
    """Tell whether anybody at all is on the register."""
    return Person.objects.exists()


def has_account(person: UUID) -> bool:
    """Tell whether somebody can sign in."""
    return Account.objects.filter(pk=person, is_active=True).exists()


@dataclass(frozen=True, slots=True)
class Population:
    """How many residents and special-group members a place has on its register."""

    residents: int
    in_groups: int
    with_helper: int


def population(place: str, now: datetime) -> Population:
    """Return register counts for the subtree of `place` in two queries."""
    residents = Person.objects.filter(place_code__startswith=place).count()
    groups = GroupRow.objects.filter(_live(now), person__place_code__startswith=place).aggregate(
        people=Count("person", distinct=True), helped=Count("person", distinct=True, filter=Q(helper__isnull=False))
    )
    return Population(residents, groups["people"], groups["helped"])


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One person's place in one special group: why, until when, and who is named to help (None: not covered yet)."""

    person: UUID
    place: str
    group: Group
    grounds: str
    review_on: date
    helper: UUID | None


def register_of(
    place: str, now: datetime, *, person: UUID | None = None, uncovered: bool = False, offset: int = 0, limit: int = 20
) -> tuple[RegisterRow, ...]:
    """Return a page of the special-group register of a place and below: those without a named helper first, then the next review.

    `person` narrows it to one person's rows, `uncovered` to those without a named helper. One query.
    """
    rows = GroupRow.objects.filter(_live(now), person__place_code__startswith=place)
    if person is not None:
        rows = rows.filter(person_id=person)
    if uncovered:
        rows = rows.filter(helper=None)
    ordered = rows.annotate(home=F("person__place_code"), covered=Q(helper__isnull=False)).order_by("covered", "review_on", "pk")
    return tuple(
        RegisterRow(r.person_id, r.home, Group(r.group), r.grounds, r.review_on, r.helper) for r in ordered[offset : offset + limit]
    )


# A hash of nothing anybody can type: checking against it costs as much as a real check.
NO_PASSWORD = make_password("\x00unusable")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in by phone needs; never leaves journeys.signing."""

    person: UUID
    password: str


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A WebAuthn credential as kept."""

    person: UUID
    public_key: bytes
    sign_count: int


def credentials(phone_index: str) -> Credentials | None:
    """Return the active account behind a phone's blind index, or None."""
    row = Account.objects.filter(phone_index=phone_index, is_active=True).values_list("person_id", "password").first()
    return Credentials(*row) if row else None


def passkeys_of(person: UUID) -> tuple[bytes, ...]:
    """Return the credential ids a person has registered."""
    return tuple(bytes(c) for c in Passkey.objects.filter(account_id=person).values_list("credential", flat=True))


def passkey(credential: bytes) -> PasskeyRow | None:
    """Return a credential by its id, or None."""
    row = Passkey.objects.filter(credential=credential, account__is_active=True).first()
    return PasskeyRow(row.account_id, bytes(row.public_key), row.sign_count) if row else None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A program's token as its person sees it; never the token itself."""

    id: UUID
    label: str
    issued_at: datetime
    until: datetime


def token_owner(secret: str, now: datetime) -> UUID | None:
    """Return who a program acts for, or None where the token is unknown, revoked, too old, or the account is closed; one query."""
    rows = ProgramToken.objects.filter(secret_hash=token_hash(secret), revoked_at=None, until__gt=now, account__is_active=True)
    return rows.values_list("account_id", flat=True).first()


def tokens_of(person: UUID, now: datetime) -> tuple[TokenRow, ...]:
    """Return a person's tokens that still open something, newest first."""
    rows = ProgramToken.objects.filter(account_id=person, revoked_at=None, until__gt=now).order_by("-issued_at", "-pk")
    return tuple(TokenRow(r.pk, r.label, r.issued_at, r.until) for r in rows)


def guardians_of(person: UUID, now: datetime) -> tuple[UUID, ...]:
    """Return who acts for `person`."""
    return tuple(Guardian.objects.filter(_live(now), ward_id=person).values_list("guardian_id", flat=True))
