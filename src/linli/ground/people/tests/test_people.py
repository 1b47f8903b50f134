"""People on a real database: the register, posts, groups, consent, disclosure and its log, ways to sign in, notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.raw import cells, run
from tests.raw import refused as database_refuses

from linli.ground.people import happened as people_happened
from linli.ground.people import made_up, reads, seals, verbs
from linli.ground.people.models import Account
from linli.ground.people.verbs import NewPerson
from linli.kernel.actor import Actor, Post, Role
from linli.kernel.disclosure import DataClass, Group, Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME, OTHER = "440104001001", "440104002001"
STAIRS = HOME + "01001"
ALL = frozenset(DataClass)
PHONE = "+8613812345678"


@dataclass
class Register:
    """A register with 李奶奶 behind a door, and everybody who may want to look at her."""

    now: datetime = NOW
    people: dict[str, UUID] = field(default_factory=dict)

    def step(self, who: str | None = None) -> FakeStep:
        person = self.people.get(who or "")
        return FakeStep(Actor.of_person(person) if person else Actor.system("test"), self.now)

    def enter(self, name: str, place: str = STAIRS, **more: object) -> UUID:
        self.people[name] = verbs.enter_person(self.step(), NewPerson(name, place, **more))  # type: ignore[arg-type]
        return self.people[name]

    def actor(self, name: str) -> Actor:
        return reads.actor_of(self.people[name], self.now)

    def seen(self, viewer: str | Actor, whom: str = "李奶奶", wanted: frozenset[DataClass] = ALL) -> reads.Shown:
        actor = self.actor(viewer) if isinstance(viewer, str) else viewer
        subject = self.people[whom]
        return reads.disclose(actor, [subject], wanted=wanted, purpose=Purpose.QUEUE, now=self.now)[subject]

    def looks(self, whom: str = "李奶奶") -> list[tuple[str, tuple[str, ...], str]]:
        return [(row.viewer_role, row.classes, row.purpose) for row in reads.looks_at(self.people[whom])]


@pytest.fixture
def register(db: None) -> Register:
    made = Register()
    (home,) = verbs.enter_households(made.step(), [(STAIRS, "3 单元 301")])
    made.enter("李奶奶", phone="138 1234 5678", household=home, birth_year=1947, sex="f", elder_view=True)
    for name, place in (("小王", STAIRS), ("陈工", STAIRS), ("何姐", STAIRS), ("老周", OTHER)):
        made.enter(name, place, birth_year=1980)
    verbs.grant_post(made.step(), made.people["陈工"], Role.WORKER, HOME)
    verbs.grant_post(made.step(), made.people["何姐"], Role.DISPATCHER, HOME[:9])
    return made


def test_a_person_is_entered_and_found_by_phone(register: Register) -> None:
    li = register.people["李奶奶"]
    assert [reads.person_by_phone(text) for text in ("13812345678", "+86 138 1234 5678", "13812345679")] == [li, li, None]
    card = reads.card(li, NOW)
    assert (card.place, card.sex, card.birth_year, card.elder_view, card.minor, card.groups) == (STAIRS, "f", 1947, True, False, ())
    with pytest.raises(NotFound):
        reads.card(UUID(int=9), NOW)
    with pytest.raises(NotFound):
        reads.actor_of(UUID(int=9), NOW)
    with pytest.raises(Refused, match="phone_invalid"):
        reads.person_by_phone("12")


def test_no_column_holds_a_clear_name_phone_or_door(register: Register) -> None:
    need = UUID(int=500)
    verbs.open_account(register.step(), register.people["李奶奶"], "冰糖葫芦-1947")
    sealed = verbs.seal_words(register.step(), need, "膝盖疼，上不了楼")
    assert sealed is not None
    assert "膝盖" not in sealed.decode("utf-8", "ignore")
    tables = [name for (name,) in run("SELECT tablename FROM pg_tables WHERE tablename LIKE 'people_%%'")]
    assert len(tables) >= 14
    kept = "\n".join(cells(table) for table in tables)
    for secret in ("李奶奶", "小王", "1381234", "3 单元", "单元 301", "膝盖", "冰糖葫芦", "\\u674e"):
        assert secret not in kept, secret
    assert str(register.people["李奶奶"]) in kept  # the search looks at real rows


@pytest.mark.parametrize(
    ("new", "code", "field_"),
    [
        (NewPerson("", STAIRS), Refusal.INPUT_MISSING, "name"),
        (NewPerson("\u202e\u200b ", STAIRS), Refusal.INPUT_MISSING, "name"),
        (NewPerson("长" * 61, STAIRS), Refusal.INPUT_TOO_LONG, "name"),
        (NewPerson("王", STAIRS, phone="12"), Refusal.PHONE_INVALID, "phone"),
        (NewPerson("王", STAIRS, phone="13812345678"), Refusal.PHONE_TAKEN, "phone"),
        (NewPerson("王", STAIRS, birth_year=1889), Refusal.INPUT_INVALID, "birth_year"),
        (NewPerson("王", STAIRS, birth_year=2027), Refusal.INPUT_INVALID, "birth_year"),
        (NewPerson("王", STAIRS, sex="x"), Refusal.INPUT_INVALID, "sex"),
    ],
)
def test_a_bad_person_is_refused_by_name(register: Register, new: NewPerson, code: Refusal, field_: str) -> None:
    before = run("SELECT count(*) FROM people_person")
    with pytest.raises(Refused) as caught:
        verbs.enter_person(register.step(), new)
    assert (caught.value.code, caught.value.field) == (code, field_)
    assert run("SELECT count(*) FROM people_person") == before


def test_how_pages_look_is_ones_own_choice(register: Register) -> None:
    li = register.people["李奶奶"]
    verbs.change_settings(register.step(), li)
    verbs.change_settings(register.step(), li, language="en", elder_view=False)
    assert (reads.card(li, NOW).language, reads.card(li, NOW).elder_view) == ("en", False)


def test_a_persona_stands_once_and_the_error_is_no_refusal(register: Register) -> None:
    register.enter("演示甲", synthetic=True, persona="li")
    with database_refuses("person_persona"):
        register.enter("演示乙", synthetic=True, persona="li")


def test_a_bad_row_of_many_is_named_and_none_is_entered(register: Register) -> None:
    before = run("SELECT count(*) FROM people_person")
    with pytest.raises(Refused) as caught:
        verbs.enter_people(register.step(), [NewPerson("甲", STAIRS), NewPerson("乙", STAIRS, phone="x"), NewPerson("丙", STAIRS)])
    assert caught.value.field == "row 2: phone"
    assert run("SELECT count(*) FROM people_person") == before


def test_rare_characters_stay_and_marks_that_reorder_go(register: Register) -> None:
    register.enter("𠮷田\u202e王\u200b芳")
    assert register.seen(register.actor("𠮷田\u202e王\u200b芳"), "𠮷田\u202e王\u200b芳").name == "𠮷田王芳"


def test_who_lives_behind_one_door(register: Register) -> None:
    li, wang = register.people["李奶奶"], register.people["小王"]
    assert not reads.same_household(li, wang)
    household = reads.card(li, NOW).household
    assert household is not None
    verbs.join_household(register.step(), wang, household)
    assert reads.same_household(li, wang)
    assert register.seen("小王", "小王").door == "3 单元 301"
    with pytest.raises(NotFound):
        verbs.join_household(register.step(), wang, UUID(int=9))
    assert not reads.same_household(wang, register.people["老周"])
    assert verbs.with_household(NewPerson("甲", STAIRS), household).household == household


def test_a_post_holds_from_its_day_until_its_day_and_below_its_place(register: Register) -> None:
    chen = register.people["陈工"]
    s = register.step()
    verbs.grant_post(s, chen, Role.WORKER, HOME)
    assert s.recorded == []  # held already
    assert reads.posts_of(chen, NOW) == (Post(Role.WORKER, HOME),)
    assert reads.posts_of(chen, NOW - timedelta(seconds=1)) == ()
    assert register.actor("陈工").holds(Role.WORKER, STAIRS)
    assert not register.actor("陈工").holds(Role.WORKER, OTHER)
    assert reads.holders(Role.WORKER, HOME, NOW) == (chen,)
    register.now += timedelta(days=1)
    verbs.end_post(register.step(), chen, Role.WORKER, HOME)
    assert register.actor("陈工").posts == ()
    assert reads.posts_of(chen, NOW) != ()  # yesterday it was held
    with pytest.raises(NotFound):
        verbs.end_post(register.step(), chen, Role.WORKER, HOME)
    verbs.grant_posts(register.step(), [(chen, Role.WORKER, HOME)])
    with database_refuses("post_once"):
        run(
            "INSERT INTO people_postrow (person_id, role, place_code, starts_at) SELECT person_id, role, place_code, now() FROM people_postrow"
        )


def test_special_groups_with_a_named_helper(register: Register) -> None:
    li, wang, zhou = (register.people[name] for name in ("李奶奶", "小王", "老周"))
    verbs.enter_groups(
        register.step(),
        [(li, Group.ALONE, "visit", date(2026, 12, 1), None), (li, Group.DISABLED, "visit", date(2026, 9, 1), None), (zhou, Group.LOW_INCOME, "list", date(2026, 9, 1), wang)],
    )  # fmt: skip
    assert set(reads.card(li, NOW).groups) == {Group.ALONE, Group.DISABLED}
    assert reads.population(HOME, NOW) == reads.Population(4, 1, 0)
    assert reads.population("440104", NOW) == reads.Population(5, 2, 1)
    assert people_happened.groups_by_community("440104", NOW) == {HOME: (1, 0), OTHER: (1, 1)}
    assert [(row.person, row.group) for row in reads.register_of("440104", NOW)] == [
        (li, Group.DISABLED), (li, Group.ALONE), (zhou, Group.LOW_INCOME),
    ]  # fmt: skip
    assert len(reads.register_of(HOME, NOW, person=li, uncovered=True)) == 2
    verbs.name_helper(register.step(), li, wang)
    assert reads.register_of(HOME, NOW, uncovered=True) == ()
    with pytest.raises(NotFound):
        verbs.name_helper(register.step(), wang, li)
    assert {code: n for code, (n, _old) in people_happened.ages_by_community("4401", 1950).items()} == {HOME: 4, OTHER: 1}


def test_an_onlooker_and_a_dispatcher_see_nothing_and_no_look_is_noted(register: Register) -> None:
    for viewer in ("老周", "小王", "何姐"):
        shown = register.seen(viewer)
        assert (shown.name, shown.phone, shown.door, shown.age, shown.groups, shown.classes) == (None, None, None, None, None, frozenset())
    assert register.looks() == []
    assert register.seen(Actor.of_code(UUID(int=7), HOME)).name is None


def test_the_worker_sees_what_a_call_needs_and_she_reads_who_looked(register: Register) -> None:
    shown = register.seen("陈工")
    assert (shown.name, shown.phone, shown.door, shown.age, shown.groups) == ("李奶奶", PHONE, "3 单元 301", "70-79", ())
    assert register.looks() == [("worker", ("age", "door", "groups", "name", "phone", "words"), "queue")]
    only = register.seen("陈工", wanted=frozenset({DataClass.NAME}))
    assert (only.name, only.phone) == ("李奶奶", None)
    assert register.looks()[0] == ("worker", ("name",), "queue")
    assert register.seen("李奶奶").phone == PHONE
    assert len(register.looks()) == 2  # a look at oneself is none


def test_what_a_step_opened_closes_with_it(register: Register) -> None:
    li, wang = register.people["李奶奶"], register.people["小王"]
    visit, need = UUID(int=70), UUID(int=71)
    verbs.open_for_visit(register.step(), visit=visit, need=need, asker=li, helper=wang)
    shown = register.seen("小王")
    assert (shown.name, shown.phone, shown.door, shown.age) == ("李奶奶", PHONE, "3 单元 301", None)
    assert register.looks() == [("", ("door", "name", "phone", "words"), "visit")]
    assert register.seen("李奶奶", "小王").name == "小王"
    assert register.seen("老周").name is None
    verbs.close_access(register.step(), f"visit:{visit}", viewer=wang)
    assert register.seen("小王").name is None
    assert register.seen("李奶奶", "小王").name == "小王"
    verbs.close_access(register.step(), f"visit:{visit}")
    assert register.seen("李奶奶", "小王").name is None


def test_an_escalation_opens_to_a_post_not_to_a_person(register: Register) -> None:
    need = UUID(int=71)
    verbs.open_for_queue(register.step(), register.people["李奶奶"], need, (Role.DISPATCHER, HOME[:9]))
    assert register.seen("何姐").phone == PHONE
    assert register.looks() == [("dispatcher", ("age", "door", "name", "phone", "words"), "escalated")]
    verbs.end_post(register.step(), register.people["何姐"], Role.DISPATCHER, HOME[:9])
    register.now += timedelta(seconds=1)
    assert register.seen("何姐").phone is None


def test_what_a_city_was_opened_its_province_does_not_read(register: Register) -> None:
    li = register.people["李奶奶"]
    verbs.grant_post(register.step(), register.people["老周"], Role.CITY, HOME[:4])
    verbs.grant_post(register.step(), register.people["何姐"], Role.CITY, HOME[:2])
    verbs.open_for_queue(register.step(), li, UUID(int=72), (Role.CITY, HOME[:4]))
    assert (register.seen("老周").phone, register.seen("何姐").phone) == (PHONE, None)
    verbs.open_access(
        register.step(), subject=li, classes=[DataClass.NAME], purpose=Purpose.ESCALATED, about="warning:1", post=(Role.CITY, HOME[:2])
    )
    assert register.seen("何姐").name == "李奶奶"  # what was opened to the province itself is hers


def test_consent_opens_to_neighbours_until_it_is_withdrawn(register: Register) -> None:
    li = register.people["李奶奶"]
    s = register.step("李奶奶")
    until = NOW + timedelta(days=30)
    receipt = verbs.grant_consent(s, li, data_class=DataClass.NAME, audience="neighbours", purpose="help", until=until, place=STAIRS)
    assert s.recorded == [("consent:granted", STAIRS, {"consent": str(receipt), "class": "name", "audience": "neighbours"})]
    assert register.seen("小王").name == "李奶奶"
    assert register.seen("小王").phone is None
    assert register.seen("老周").name is None  # another community
    (row,) = reads.consents_of(li)
    assert (row.id, row.until, row.withdrawn_at) == (receipt, until, None)
    with pytest.raises(NotFound):
        verbs.withdraw_consent(register.step(), register.people["小王"], receipt, place=STAIRS)
    verbs.withdraw_consent(register.step(), li, receipt, place=STAIRS)
    assert register.seen("小王").name is None
    with pytest.raises(NotFound):
        verbs.withdraw_consent(register.step(), li, receipt, place=STAIRS)
    assert reads.consents_of(li)[0].withdrawn_at == NOW


def test_consent_for_helpers_reaches_volunteers_only_and_ends_by_itself(register: Register) -> None:
    verbs.grant_consent(
        register.step(),
        register.people["李奶奶"],
        data_class=DataClass.AGE,
        audience="helpers",
        purpose="help",
        until=NOW + timedelta(hours=1),
        place=STAIRS,
    )
    assert register.seen("小王").age is None
    verbs.grant_post(register.step(), register.people["小王"], Role.VOLUNTEER, HOME)
    assert register.seen("小王").age == "70-79"
    register.now += timedelta(hours=1)
    assert register.seen("小王").age is None


def test_a_guardian_sees_all_and_acts_for_her(register: Register) -> None:
    li, zhou = register.people["李奶奶"], register.people["老周"]
    for _ in range(2):
        verbs.enter_guardian(register.step(), ward=li, guardian=zhou, place=HOME)
    assert register.seen("老周").classes == ALL
    assert reads.wards_of(zhou, NOW) == (li,)
    assert reads.guardians_of(li, NOW) == (zhou,)
    assert [reads.acts_for(one, li, NOW) for one in (li, zhou, register.people["小王"])] == [True, True, False]
    with database_refuses("guardian_other"):
        run("UPDATE people_guardian SET guardian_id = ward_id")


def test_a_destroyed_key_makes_every_field_unreadable_for_everybody(register: Register) -> None:
    li = register.people["李奶奶"]
    need = UUID(int=71)
    sealed = verbs.seal_words(register.step(), need, "膝盖疼")
    row = [reads.Sealed(need, li, HOME, sealed)]
    assert reads.words(register.actor("陈工"), row, now=NOW) == {need: "膝盖疼"}
    run("UPDATE people_subjectkey SET wrapped = NULL, destroyed_at = %s WHERE subject IN (%s, %s)", NOW, li, need)
    for viewer in ("陈工", "李奶奶"):
        shown = register.seen(viewer)
        assert (shown.name, shown.phone, shown.age) == (None, None, None)
        assert reads.words(register.actor(viewer), row, now=NOW) == {need: None}
    with database_refuses("destroyed key does not come back"):
        run("UPDATE people_subjectkey SET wrapped = '\\x01', destroyed_at = NULL WHERE subject = %s", li)
    with database_refuses("destroyed key does not come back"):
        run("DELETE FROM people_subjectkey")


def test_words_open_by_the_same_rule(register: Register) -> None:
    li, wang = register.people["李奶奶"], register.people["小王"]
    named, left = UUID(int=71), UUID(int=72)
    assert verbs.seal_words(register.step(), UUID(int=73), " \u200b ") is None
    with pytest.raises(Refused, match="input_too_long"):
        verbs.seal_words(register.step(), UUID(int=74), "长" * 501)
    rows = [
        reads.Sealed(named, li, HOME, verbs.seal_words(register.step(), named, "想吃粥")),
        reads.Sealed(left, None, HOME, verbs.seal_words(register.step(), left, "楼道灯坏了")), reads.Sealed(UUID(int=75), li, HOME, None),
    ]  # fmt: skip

    def read(name: str) -> tuple[str | None, ...]:
        return tuple(reads.words(register.actor(name), rows, now=NOW).values())

    assert read("陈工") == ("想吃粥", "楼道灯坏了", None)
    assert read("李奶奶") == ("想吃粥", None, None)
    assert read("小王") == read("老周") == (None, None, None)
    verbs.open_for_visit(register.step(), visit=UUID(int=80), need=left, asker=None, helper=wang)
    assert read("小王") == (None, "楼道灯坏了", None)


def test_twenty_people_cost_as_many_queries_as_one(register: Register) -> None:
    def cost(count: int) -> int:
        ids = verbs.enter_people(register.step(), [NewPerson(f"住户{n}", STAIRS) for n in range(count)])
        worker = register.actor("陈工")
        with CaptureQueriesContext(connection) as queries:
            shown = reads.disclose(worker, [*ids, UUID(int=9)], wanted=ALL, purpose=Purpose.QUEUE, now=NOW)
        assert len(shown) == count + 1
        assert shown[UUID(int=9)] == reads.Shown(UUID(int=9))
        return len(queries)

    assert cost(1) == cost(20)
    assert reads.disclose(register.actor("陈工"), [], wanted=ALL, purpose=Purpose.QUEUE, now=NOW) == {}


def test_an_account_opens_with_a_phone_and_a_fair_password(register: Register) -> None:
    li = register.people["李奶奶"]
    with pytest.raises(Refused, match="password_weak"):
        verbs.open_account(register.step(), li, "1234567")
    with pytest.raises(Refused, match="phone_invalid"):
        verbs.open_account(register.step(), register.people["小王"], None)
    assert not reads.has_account(li)
    verbs.open_account(register.step(), li, "冰糖葫芦-1947")
    found = reads.credentials(seals.blind_index("phone", PHONE))
    assert found is not None
    assert found.person == li
    assert check_password("冰糖葫芦-1947", found.password)
    assert not check_password("冰糖葫芦-1948", found.password)
    assert Account.objects.get_by_natural_key(seals.blind_index("phone", PHONE)).pk == li
    run("UPDATE people_account SET is_active = false")
    assert (reads.has_account(li), reads.credentials(seals.blind_index("phone", PHONE))) == (False, None)


def test_a_passkey_is_kept_with_its_counter(register: Register) -> None:
    li = register.people["李奶奶"]
    verbs.open_account(register.step(), li, None)
    verbs.add_passkey(register.step(), li, credential=b"cred", public_key=b"key", sign_count=3)
    assert reads.passkeys_of(li) == (b"cred",)
    verbs.used_passkey(b"cred", 4)
    assert reads.passkey(b"cred") == reads.PasskeyRow(li, b"key", 4)
    assert reads.passkey(b"other") is None


def test_a_one_time_code_is_used_once_and_five_wrong_tries_spend_it(db: None) -> None:
    lives = timedelta(minutes=5)
    verbs.issue_code("phone", "123456", now=NOW, lives=lives)
    assert not verbs.use_code("phone", "123457", now=NOW)
    assert verbs.use_code("phone", "123456", now=NOW)
    with pytest.raises(Refused, match="code_expired"):
        verbs.use_code("phone", "123456", now=NOW)
    verbs.issue_code("phone", "222222", now=NOW, lives=lives)
    for _ in range(5):
        assert not verbs.use_code("phone", "000000", now=NOW)
    with pytest.raises(Refused, match="code_expired"):
        verbs.use_code("phone", "222222", now=NOW)
    verbs.issue_code("phone", "333333", now=NOW, lives=lives)
    with pytest.raises(Refused, match="code_expired"):
        verbs.use_code("phone", "333333", now=NOW + lives)
    verbs.issue_code("phone", "444444", now=NOW + timedelta(seconds=1), lives=lives)
    assert not verbs.use_code("phone", "333333", now=NOW + timedelta(seconds=2))  # only the newest counts
    assert "444444" not in cells("people_onetimecode")


def test_failures_are_counted_over_a_window(db: None) -> None:
    for minutes in (0, 5, 20):
        verbs.note_failure("phone", NOW + timedelta(minutes=minutes))
    assert [verbs.failures_since("phone", NOW + timedelta(minutes=m)) for m in (0, 1, 21)] == [3, 2, 0]
    assert verbs.failures_since("other", NOW) == 0


def test_notices_reach_a_person_or_whoever_holds_the_post(register: Register) -> None:
    li = register.people["李奶奶"]
    verbs.tell(register.step(), "visit.booked", about="visit:1", person=li, facts={"minutes": 30})
    verbs.tell(register.step(), "need.escalated", about="need:1", post=(Role.WORKER, HOME))
    assert [(n.kind, n.facts) for n in reads.notices(register.actor("李奶奶"))] == [("visit.booked", {"minutes": 30})]
    (mine,) = reads.notices(register.actor("陈工"))
    assert (mine.kind, reads.unread(register.actor("陈工"))) == ("need.escalated", 1)
    assert reads.notices(register.actor("何姐")) == ()  # the post of the street is another post
    s = FakeStep(register.actor("陈工"), NOW)
    verbs.read_notices(s, [mine.id])
    assert reads.unread(register.actor("陈工")) == 0
    assert reads.notices(Actor.system("x")) == ()
    assert reads.unread(Actor.system("x")) == 0


def test_the_notice_of_another_is_not_marked_read(register: Register) -> None:
    verbs.tell(register.step(), "visit.booked", about="visit:1", person=register.people["李奶奶"])
    (hers,) = reads.notices(register.actor("李奶奶"))
    verbs.read_notices(register.step("老周"), [hers.id])
    assert reads.unread(register.actor("李奶奶")) == 1


def test_made_up_people_are_told_apart(register: Register) -> None:
    li = register.enter("演示李奶奶", synthetic=True, persona="li", birth_year=1950)
    plain = register.enter("住户甲", synthetic=True, birth_year=1990)
    register.enter("住户小甲", synthetic=True, birth_year=2015)
    assert reads.personas() == {"li": li}
    assert made_up.residents([HOME]) == ((plain, STAIRS),)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE people_person SET sex = 'x'", "person_sex"),
        ("UPDATE people_person SET birth_year = 1800", "person_birth_year"),
        ("UPDATE people_person SET phone_sealed = NULL", "person_phone"),
        ("UPDATE people_person SET phone_index = 'x' WHERE phone_index IS NULL", "person_phone"),
        ("UPDATE people_person SET persona = 'li'", "person_persona"),
        ("UPDATE people_postrow SET role = 'king'", "post_role"),
        ("UPDATE people_grouprow SET \"group\" = 'odd'", "group_known"),
        ("UPDATE people_grouprow SET grounds = ''", "group_known"),
        ("UPDATE people_grouprow SET helper = person_id", "group_helper_other"),
        ("UPDATE people_consent SET data_class = 'all'", "consent"),
        ("UPDATE people_consent SET until = now()", "withdrawn once"),
        ("DELETE FROM people_consent", "withdrawn once"),
        ("UPDATE people_look SET viewer_ref = 'nobody'", "stays logged"),
        ("DELETE FROM people_look", "stays logged"),
        ("UPDATE people_subjectkey SET wrapped = NULL", "key_kept_or_destroyed"),
        ("UPDATE people_subjectkey SET destroyed_at = now()", "key_kept_or_destroyed"),
        ("UPDATE people_subjectkey SET wrapped = '\\x02'", "is not exchanged"),
        ("UPDATE people_notice SET person = NULL", "notice_to_one"),
        ("UPDATE people_notice SET role = 'worker'", "notice_to_one"),
        ("UPDATE people_access SET viewer = NULL", "access_to_someone"),
        ("INSERT INTO people_guardian (ward_id, guardian_id, starts_at) SELECT ward_id, guardian_id, now() FROM people_guardian", "guardian_once"),
        ("INSERT INTO people_grouprow (person_id, \"group\", grounds, review_on, starts_at) SELECT person_id, \"group\", grounds, review_on, now() FROM people_grouprow", "group_once"),
    ],
)  # fmt: skip
def test_what_the_database_refuses(register: Register, change: str, says: str) -> None:
    li, wang = register.people["李奶奶"], register.people["小王"]
    verbs.enter_groups(register.step(), [(li, Group.ALONE, "visit", date(2026, 12, 1), None)])
    verbs.enter_guardian(register.step(), ward=li, guardian=wang, place=HOME)
    verbs.grant_consent(register.step(), li, data_class=DataClass.NAME, audience="neighbours", purpose="help", until=None, place=STAIRS)
    verbs.tell(register.step(), "x", about="y", person=li)
    verbs.open_access(register.step(), subject=li, classes=[DataClass.NAME], purpose=Purpose.VISIT, about="z", viewer=wang)
    register.seen("陈工")
    with database_refuses(says):
        run(change)
