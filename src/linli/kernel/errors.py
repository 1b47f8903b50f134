"""The error family, drawn once. Every door gives it the same shape: {"code", "description"} and, where known, "field"."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a step was refused. The order is part of the contract: where several hold, the first is told.

    Each has a sentence for residents in doors/site/words.py, in every shipped language (a test walks this list).
    """

    # who and where
    SIGN_IN_FIRST = "sign_in_first"
    WRONG_SIGN_IN = "wrong_sign_in"
    TOO_MANY_TRIES = "too_many_tries"
    CODE_EXPIRED = "code_expired"
    CODE_WRONG = "code_wrong"
    PHONE_INVALID = "phone_invalid"
    PHONE_TAKEN = "phone_taken"
    PASSWORD_WEAK = "password_weak"  # noqa: S105 — a code, not a secret
    PLACE_UNKNOWN = "place_unknown"
    PLACE_OUT_OF_SCOPE = "place_out_of_scope"
    SHEET_UNKNOWN = "sheet_unknown"
    # input
    INPUT_MISSING = "input_missing"
    INPUT_INVALID = "input_invalid"
    INPUT_TOO_LONG = "input_too_long"
    TIME_PAST = "time_past"
    TIME_TOO_FAR = "time_too_far"
    # needs
    SERVICE_UNKNOWN = "service_unknown"
    SERVICE_NOT_HERE = "service_not_here"
    TOO_MANY_OPEN = "too_many_open"
    STATE_FORBIDS = "state_forbids"
    REASON_REQUIRED = "reason_required"
    REOPEN_TOO_LATE = "reopen_too_late"
    OBJECTION_OPEN = "objection_open"
    # matching and visits
    OFFER_GONE = "offer_gone"
    OWN_NEED = "own_need"
    PARTY_TO_IT = "party_to_it"
    CERTIFICATE_MISSING = "certificate_missing"
    MINOR_ALONE = "minor_alone"
    BLOCKED_PAIR = "blocked_pair"
    SLOT_TAKEN = "slot_taken"
    CHECK_IN_CODE_WRONG = "check_in_code_wrong"
    CHECK_IN_TOO_EARLY = "check_in_too_early"
    NOT_CHECKED_IN = "not_checked_in"
    OTHER_NOT_HERE = "other_not_here"
    ALREADY_CONFIRMED = "already_confirmed"
    CHECKLIST_OPEN = "checklist_open"
    # things that are lent
    LOANS_FULL = "loans_full"
    NOT_ALLIED = "not_allied"
    THING_FOR_GROUPS = "thing_for_groups"
    LOAN_TOO_LONG = "loan_too_long"
    THING_CLOSED = "thing_closed"
    THING_TAKEN = "thing_taken"
    THING_OUT = "thing_out"
    THING_NOT_YET = "thing_not_yet"
    ALREADY_ALLIED = "already_allied"
    # ledger
    SAME_ACCOUNT = "same_account"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_NOT_EMPTY = "account_not_empty"
    UNITS_DIFFER = "units_differ"
    NOT_POSITIVE = "not_positive"
    HOLD_GONE = "hold_gone"
    OVER_HOLD = "over_hold"
    ALREADY_REVERSED = "already_reversed"
    OVER_LIMIT = "over_limit"
    OVER_CAP = "over_cap"
    NOTHING_TO_CERTIFY = "nothing_to_certify"
    TOO_MANY_TODAY = "too_many_today"
    PERIOD_INVALID = "period_invalid"
    GIFT_NOT_HERE = "gift_not_here"
    NOT_KIN = "not_kin"
    # voice and warnings
    ALREADY_RATED = "already_rated"
    NOT_YOUR_RATING = "not_your_rating"
    PLAN_MISSING = "plan_missing"
    PROOF_MISSING = "proof_missing"
    ALREADY_OPEN = "already_open"
    NOBODY_TO_CALL = "nobody_to_call"
    ALREADY_CALLED = "already_called"
    CALLS_OPEN = "calls_open"
    NOT_YOUR_LEVEL = "not_your_level"
    NOT_JUDGED_YET = "not_judged_yet"
    ALREADY_CARRIED = "already_carried"
    ROWS_WRONG = "rows_wrong"
    APPEAL_OVER = "appeal_over"
    ALREADY_APPEALED = "already_appealed"
    # papers
    NO_FACTS_YET = "no_facts_yet"
    # evidence
    RECEIPT_BROKEN = "receipt_broken"
    NOT_PUBLISHED_YET = "not_published_yet"


class LinliError(Exception):
    """The root of every error that a door may show."""


class Refused(LinliError):
    """A rule said no; nothing was changed. `field` names the input or row at fault, `facts` fill the sentence."""

    def __init__(self, code: Refusal, *, field: str | None = None, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code, self.field, self.facts = code, field, facts


class NotFound(LinliError):
    """It does not exist, or it is not the actor's to know that it does: the two look the same."""


class NotAllowed(LinliError):
    """The actor may know of it but may not do this; `rule` names the row of the rights table."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Conflict(LinliError):
    """The same key came with other inputs."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
