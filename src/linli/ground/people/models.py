"""Accounts, residents, households, posts, groups, consent, opened access, looks, notices."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from linli.kernel.actor import Role
from linli.kernel.disclosure import DataClass, Group


class SubjectKey(models.Model):
    """The key under which one subject's fields are sealed, itself wrapped by the master key. Destroy it and the person is forgotten."""

    subject = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at=None) | models.Q(wrapped=None, destroyed_at__isnull=False),
                name="key_kept_or_destroyed",
            ),
        ]


class Household(models.Model):
    """People behind one door of a building."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    door_sealed = models.BinaryField()
    recorded_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="household_place")]


class Person(models.Model):
    """A resident. Name, phone and door are sealed; only disclosure opens them."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT)
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=64, null=True, unique=True)
    birth_year = models.SmallIntegerField(null=True)
    sex = models.CharField(max_length=1, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    elder_view = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)
    persona = models.CharField(max_length=20, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="person_place")]
        constraints = [
            models.CheckConstraint(condition=models.Q(sex__in=["", "f", "m"]), name="person_sex"),
            models.CheckConstraint(
                condition=models.Q(birth_year=None) | models.Q(birth_year__range=(1890, 2100)), name="person_birth_year"
            ),
            models.UniqueConstraint(fields=["persona"], condition=~models.Q(persona=""), name="person_persona"),
            models.CheckConstraint(
                condition=models.Q(phone_sealed=None, phone_index=None) | models.Q(phone_sealed__isnull=False, phone_index__isnull=False),
                name="person_phone",
            ),
        ]


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by blind index."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account whose phone has this blind index."""
        return self.get(phone_index=username)


class Account(AbstractBaseUser):
    """The way in for one person: phone and password, one-time code, passkey."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT)
    phone_index = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "phone_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Passkey(models.Model):
    """A WebAuthn credential of an account."""

    credential = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    recorded_at = models.DateTimeField()


class ProgramToken(models.Model):
    """Lets a program act as one person until it is revoked or too old. Shown once; only its hash is kept."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    label = models.CharField(max_length=40)
    secret_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class OneTimeCode(models.Model):
    """A code sent to a phone; only its hash is kept."""

    phone_index = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["phone_index", "-recorded_at"], name="code_phone")]


class FailedTry(models.Model):
    """A failed sign-in, by blind index of what was tried; counted over a window, never a lock for ever."""

    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="try_subject")]


class PostRow(models.Model):
    """A role held at a place for a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    role = models.CharField(max_length=20)
    place_code = models.CharField(max_length=24, db_collation="C")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code", "role"], name="post_place")]
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "place_code"], condition=models.Q(ends_at=None), name="post_once"),
            models.CheckConstraint(condition=models.Q(role__in=[role.value for role in Role]), name="post_role"),
        ]


class GroupRow(models.Model):
    """A person's place in a special group, with its grounds and the date it is looked at again."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    group = models.CharField(max_length=20)
    grounds = models.CharField(max_length=40)
    review_on = models.DateField()
    helper = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], condition=models.Q(ends_at=None), name="group_once"),
            models.CheckConstraint(
                condition=models.Q(group__in=[group.value for group in Group]) & ~models.Q(grounds=""), name="group_known"
            ),
            models.CheckConstraint(condition=models.Q(helper=None) | ~models.Q(helper=models.F("person")), name="group_helper_other"),
        ]


class Guardian(models.Model):
    """Somebody who acts for a child or an older person."""

    ward = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardians")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wards")
    grounds = models.CharField(max_length=20, default="", db_default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ward", "guardian"], condition=models.Q(ends_at=None), name="guardian_once"),
            models.CheckConstraint(condition=~models.Q(ward=models.F("guardian")), name="guardian_other"),
        ]


class Consent(models.Model):
    """A grant of the subject: which class to which audience, for what, until when. Withdrawn, never deleted."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    data_class = models.CharField(max_length=12)
    audience = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="consent_live", condition=models.Q(withdrawn_at=None))]
        constraints = [
            models.CheckConstraint(condition=models.Q(data_class__in=[name.value for name in DataClass]), name="consent_class"),
        ]


class Access(models.Model):
    """Classes of one subject opened by a step to a person or to a post, until the step's end."""

    subject = models.UUIDField()
    viewer = models.UUIDField(null=True)
    role = models.CharField(max_length=20, default="")
    place_code = models.CharField(max_length=24, db_collation="C", default="")
    classes = models.JSONField()
    purpose = models.CharField(max_length=20)
    about = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="access_subject"),
            models.Index(fields=["about"], name="access_about"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(viewer__isnull=False) | ~models.Q(role=""), name="access_to_someone"),
        ]


class Look(models.Model):
    """Somebody looked at somebody's data: who, what, why, when. The subject reads this list."""

    subject = models.UUIDField()
    viewer_ref = models.CharField(max_length=60)
    viewer_role = models.CharField(max_length=20, default="")
    classes = models.CharField(max_length=80)
    purpose = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "-at"], name="look_subject")]


class Notice(models.Model):
    """A message to a person, or to whoever holds a post."""

    id = models.UUIDField(primary_key=True)
    person = models.UUIDField(null=True)
    role = models.CharField(max_length=20, default="")
    place_code = models.CharField(max_length=24, db_collation="C", default="")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, role="") | models.Q(person=None) & ~models.Q(role=""), name="notice_to_one"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_person", condition=models.Q(person__isnull=False)),
            models.Index(fields=["place_code", "role", "-at"], name="notice_post", condition=models.Q(person=None)),
            models.Index(fields=["place_code", "role"], name="notice_unread", condition=models.Q(person=None, read_at=None)),
        ]
