"""The words of disclosure: what is shown as one, why somebody looks, who is specially protected."""

from __future__ import annotations

from enum import StrEnum


class DataClass(StrEnum):
    """What is shown or hidden as one: a field of a person belongs to exactly one class."""

    NAME = "name"
    PHONE = "phone"
    DOOR = "door"
    AGE = "age"
    GROUPS = "groups"  # special groups: sensitive (PIPL art. 28)
    WORDS = "words"  # what a person wrote with a need
    HELPED = "helped"  # past visits


class Purpose(StrEnum):
    """Why somebody looks; shown to the person looked at."""

    SELF = "self"
    VISIT = "visit"
    QUEUE = "queue"  # a worker answers a need
    ESCALATED = "escalated"
    CARE = "care"  # a guardian or family member
    REGISTER = "register"


class Group(StrEnum):
    """Special groups of P3. A need of one of them runs on the shorter clock."""

    ALONE = "alone"  # older person living alone
    DISABLED = "disabled"
    CHILD = "child"  # child in hardship
    LOW_INCOME = "low_income"
