"""The register of policy keys: what may be set, what it counts, within which bounds, and how people say it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.units import PPM_ONE
from linli.kernel.words import mark


class Kind(StrEnum):
    """What a value counts. Spans, shares and money carry the unit at the end of the key's name as well (a test holds that)."""

    MINUTES = "minutes"
    DAYS = "days"
    YEARS = "years"
    COUNT = "count"
    PPM = "ppm"
    METRES = "metres"
    FEN = "fen"
    FLAG = "flag"
    TEXT = "text"


class Topic(StrEnum):
    """Under which heading a key is shown."""

    NEEDS = "needs"
    VISITS = "visits"
    HOURS = "hours"
    MATCHING = "matching"
    SIGHT = "sight"
    ACCOUNTS = "accounts"
    NUMBERS = "numbers"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its kind, inclusive bounds (whole numbers), for a text the pattern it must match, and its sentence in two languages.

    `zh` is the message id that pages translate; `en` is what its English entry says, kept here beside it so that both change together.
    """

    name: str
    kind: Kind
    topic: Topic
    zh: str
    en: str
    low: int = 0
    high: int = 0
    pattern: str = ""


# Widest bounds that still make sense; a value outside is a slip of the pen, not a policy.
SPAN = (1, 60 * 24 * 30)
BOOK = (0, 60 * 24 * 400)
DAYS = (1, 4000)
AGE = (14, 120)
SHARE = (0, PPM_ONE)
COST = (0, 100_000)
PHONE = r"\d{3,12}(-\d{1,6})?"


def _key(kind: Kind, topic: Topic, bounds: tuple[int, int], **words: tuple[str, str]) -> dict[str, Key]:
    return {name: Key(name, kind, topic, zh, en, *bounds) for name, (zh, en) in words.items()}


M, D, C, P = Kind.MINUTES, Kind.DAYS, Kind.COUNT, Kind.PPM
T = Topic

KEYS: dict[str, Key] = {
    **_key(
        M, T.NEEDS, SPAN,
        answer_minutes=(mark("社区多久之内回话"), "a need is answered by the community within"),
        answer_group_minutes=(mark("特殊群体的事，社区多久之内回话"), "a special group's need is answered by the community within"),
        answer_urgent_minutes=(mark("急事和独居老人的事，社区多久之内回话"), "an urgent need or a lone older person's is answered by the community within"),
        street_answer_minutes=(mark("升到街道后多久之内回话"), "once it came up, a need is answered by the street within"),
        street_answer_group_minutes=(mark("特殊群体的事升到街道后多久之内回话"), "once it came up, a special group's need is answered by the street within"),
        street_answer_urgent_minutes=(mark("急事升到街道后多久之内回话"), "once it came up, an urgent need is answered by the street within"),
        city_answer_minutes=(mark("升到市里后多久之内回话，过时再催"), "once it came up, a need is answered by the city within, and it is reminded again after"),
        city_answer_group_minutes=(mark("特殊群体的事升到市里后多久之内回话，过时再催"), "once it came up, a special group's need is answered by the city within"),
        city_answer_urgent_minutes=(mark("急事升到市里后多久之内回话，过时再催"), "once it came up, an urgent need is answered by the city within"),
        handle_minutes=(mark("一件事多久之内办好"), "a need is handled within"),
        handle_again_minutes=(mark("过时没办好、升一级后，多久之内办好"), "a need that was not handled in time is handled, one level up, within"),
        objection_minutes=(mark("派单异议多久之内复核"), "an objection to a dispatch is reviewed within"),
    ),
    **_key(
        M, T.VISITS, SPAN,
        offer_minutes=(mark("问到一位帮手，等多久"), "a helper asked has this long to answer"),
        offer_urgent_minutes=(mark("急事问到一位帮手，等多久"), "a helper asked for an urgent need has this long to answer"),
        start_soon_minutes=(mark("接单后最早多久开始"), "a visit begins after accepting at the earliest"),
        check_in_early_minutes=(mark("签到最多提前多久"), "check-in opens before the start by"),
        check_in_code_minutes=(mark("签到的数字多久换一次"), "a check-in number is shown for"),
        pair_wait_minutes=(mark("两个人一起去的事，先答应的一位最多等另一位多久"), "of two who go together, the first waits for the other at most"),
        pair_wait_urgent_minutes=(mark("两个人一起去的急事，先答应的一位最多等另一位多久"), "of two who go together to an urgent need, the first waits for the other at most"),
        no_show_minutes=(mark("过了开始时间多久没签到算没来"), "a helper who has not checked in is a no-show after"),
        punctual_minutes=(mark("签到晚多久以内算准时"), "a check-in is punctual up to a delay of"),
        claims_gap_minutes=(mark("两边报的时长差多少以内取平均"), "two claims are averaged up to a gap of"),
    ),
    **_key(
        M, T.ACCOUNTS, SPAN,
        sign_in_window_minutes=(mark("登录失败按多长时间计数"), "failed sign-ins are counted over"),
        one_time_code_minutes=(mark("一次性验证码多久有效"), "a one-time code is good for"),
        publish_minutes=(mark("一条记录最迟多久可以查验"), "a record can be checked after at most"),
    ),
    **_key(
        M, T.HOURS, BOOK,
        hours_cap_minutes=(mark("时间本最多存多少，多的进社区时间池"), "a time book holds at most, the excess goes to the pool"),
        hours_overdraft_minutes=(mark("时间本最多可以欠多少"), "a time book may go below zero by"),
        seed_minutes=(mark("一次种子时间给多少"), "seed hours given to a person of a special group at once"),
        redeem_from_minutes=(mark("存满多少可以开始兑换"), "hours can be redeemed once so many were earned"),
    ),
    **_key(
        M, T.HOURS, (1, 60 * 24),
        hours_round_minutes=(mark("兑换时按多少一格计（时间本照记到分钟）"), "hours are redeemed in steps of (the book itself keeps minutes)"),
    ),
    **_key(
        Kind.YEARS, T.HOURS, AGE,
        redeem_age_years=(mark("多少岁起可以自己兑换"), "hours can be redeemed for oneself from the age of"),
        redeem_hardship_age_years=(mark("特殊困难老人多少岁起可以兑换"), "an older person in special hardship can redeem from the age of"),
    ),
    **_key(
        Kind.FLAG, T.HOURS, (0, 1),
        kin_redeem_allowed=(mark("可以给父母、祖父母等直系亲属用"), "hours may be given to direct kin"),
        group_hours_given_only=(mark("团体服务的时间只能捐赠"), "hours earned as a group may only be donated"),
    ),
    **_key(
        D, T.NEEDS, DAYS,
        reopen_days=(mark("结束后多少天内可以再提"), "an ended need can be reopened for"),
        wanted_days_max=(mark("最多可以提前多少天约"), "a need may lie ahead by"),
    ),
    **_key(
        D, T.MATCHING, DAYS, match_run_days=(mark("匹配批次的记录留多少天"), "records of matching runs are kept for"),
        loan_days_max=(mark("借东西最长多少天"), "a thing is lent for at most"),
        loan_ahead_days_max=(mark("最早提前多少天订"), "a thing is booked ahead by at most"),
        load_days=(mark("匹配：看帮手最近多少天帮过几次，越近的算得越重"), "matching: a helper's visits of so many days are counted, the latest most"),
    ),
    **_key(
        M, T.MATCHING, SPAN,
        room_minutes_max=(mark("房间和车一次最多订多久"), "a room or a van is booked for at most"),
        loan_answer_minutes=(mark("没借到的，多久之内给个说法"), "a request for a thing that waits is answered within"),
        loan_offer_minutes=(mark("给您留着的东西，留多久等回话"), "a thing is held for an answer for"),
        loan_early_minutes=(mark("东西最多提前多久来取"), "a thing is fetched before its time by at most"),
        loan_fetch_minutes=(mark("过了时间多久没来取就放给别人"), "a thing not fetched goes to others after"),
        loan_grace_minutes=(mark("过了归还时间多久算逾期"), "a thing is overdue after"),
        loan_remind_minutes=(mark("归还前多久提醒一次"), "a borrower is reminded before it is due by"),
    ),
    **_key(
        D, T.HOURS, DAYS, hold_days=(mark("为一次上门预留的时间多少天后退回"), "hours held for a visit return after"),
    ),
    **_key(
        D, T.SIGHT, DAYS,
        plan_days=(mark("蓝色预警多少天内交整改方案"), "a blue warning's plan is due after"),
        rectify_days=(mark("整改多少天内完成"), "a rectification is due after"),
        late_fact_days=(mark("事情过了多少天才记进来算迟到"), "a fact is late when it is learned so long after it happened"),
        stock_days=(mark("健康指数看最近多少天"), "figures of the health index look back"),
        plan_yellow_days=(mark("黄色预警多少天内交整改方案"), "a yellow warning's plan is due after"),
        plan_red_days=(mark("红色预警多少天内交整改方案"), "a red warning's plan is due after"),
        plan_card_days=(mark("责任牌多少天内交整改方案"), "an accountability card's plan is due after"),
        call_back_days=(mark("交了整改凭据，多少天内回访完"), "the call-back after a rectification is due after"),
        call_back_pool_days=(mark("回访从最近多少天里受过帮助、评过分的人里抽"), "people called back are drawn from those helped in the last"),
        star_appeal_days=(mark("星级公示多少天，期间可以申诉"), "star grades stand open to appeal for"),
    ),
    **_key(
        C, T.NEEDS, (1, 10_000),
        open_needs_max=(mark("一个人或一户最多有几件没办完的事"), "open needs of one person or household at most"),
        open_needs_building_max=(mark("一张楼栋需求码最多有几件没办完的事"), "open needs of one building sheet at most"),
    ),
    **_key(
        C, T.ACCOUNTS, (1, 1000), sign_in_tries_max=(mark("这段时间里最多可以输错几次"), "failed sign-ins allowed in that time"),
        certificates_day_max=(mark("一个人一天最多开几份服务证明"), "service certificates of one person a day at most"),
    ),
    **_key(
        C, T.VISITS, (1, 1000),
        check_in_tries_max=(mark("签到数字最多可以输错几次"), "wrong check-in numbers allowed"),
        pair_visits_month_max=(mark("同两个人之间一个月最多记几次"), "credited visits of one pair a month at most"),
    ),
    **_key(
        C, T.MATCHING, (1, 1000),
        offers_at_once=(mark("一件事同时问几位帮手"), "helpers asked at once"),
        loans_open_max=(mark("一个人同时最多借几样"), "things one person has or waits for at most"),
        visits_per_day_max=(mark("一位帮手一天最多上门几次"), "visits of one helper a day at most"),
        worth_hours_max=(mark("匹配：等多少小时以后不再加分"), "matching: hours of waiting that count at most"),
        match_step_ppm=(mark("匹配：一批事很多时，最后一步细到百万分之几"), "matching: the finest step of a large batch, in millionths of a place's worth"),
    ),
    **_key(
        C, T.MATCHING, COST,
        cost_metre_per_hundred=(mark("匹配：每远一百米减几分"), "matching: cost of a hundred metres"),
        cost_load=(mark("匹配：最近每帮过一次减几分"), "matching: cost of each visit lately"),
        cost_pairing=(mark("匹配：每帮过这位居民一次加几分"), "matching: credit for each earlier visit of the pair"),
        cost_language=(mark("匹配：没有共同语言减几分"), "matching: cost of no common language"),
        cost_other_community=(mark("匹配：跨社区减几分"), "matching: cost of crossing to another community"),
        worth_place=(mark("匹配：给一件事找到第一位帮手值几分"), "matching: worth of anybody's first helper"),
        worth_urgent=(mark("匹配：急事多值几分"), "matching: an urgent need is worth so much more"),
        worth_group=(mark("匹配：特殊群体的事多值几分"), "matching: a need of a special group is worth so much more"),
        worth_hour=(mark("匹配：每多等一小时多值几分"), "matching: each hour of waiting is worth so much more"),
        worth_more=(mark("匹配：同一件事每多问一位少值几分"), "matching: each further helper of one need is worth so much less"),
    ),
    **_key(
        Kind.METRES, T.MATCHING, (20, 100_000),
        radius_metres=(mark("在多远以内找帮手"), "helpers are looked for within"),
        loan_radius_metres=(mark("在多远以内找能借的东西"), "things to borrow are looked for within"),
        walk_metres_a_minute=(mark("步行一分钟走多远"), "on foot in a minute"),
    ),
    **_key(
        C, T.SIGHT, (1, 10_000),
        forecast_months_min=(mark("至少有几个月的数才往前推"), "least months of figures for a forecast"),
        risk_months=(mark("连着几个月越线才算风险发生"), "months in a row beyond the bar that raise a risk"),
        shrink_weight=(mark("小样本向同类靠拢的力度"), "strength of the peers' prior, in observations"),
        observations_min=(mark("少于几份评价不下结论"), "least observations for a verdict"),
        figure_least=(mark("社区的指标少于几个不显示"), "a community's figure stands on at least"),
        peers_min=(mark("至少和几个相像的社区比"), "least number of peers a community is compared with"),
    ),
    **_key(
        C, T.SIGHT, (1, 100_000),
        peers_small_residents=(mark("少于多少人算小社区"), "a community is small under so many residents on the register"),
        peers_large_residents=(mark("从多少人起算大社区"), "a community is large from so many residents on the register"),
    ),
    **_key(
        C, T.SIGHT, (1, 100),
        yellow_quarters=(mark("连续几个季度低于标准亮黄色预警"), "quarters in a row under the bar that open a yellow warning"),
        card_years=(mark("连续几年不合格发责任牌"), "failed years in a row that open an accountability card"),
        call_back_people=(mark("整改后回访要听到几个人"), "people heard in the call-back after a rectification"),
        call_back_false=(mark("几个人说没改就算虚假整改"), "people who say that nothing was put right make it a false rectification"),
    ),
    **_key(
        P, T.VISITS, SHARE, claims_share_ppm=(mark("报的时长和预计相差多少以内算数"), "claims may differ from the estimate by"),
    ),
    **_key(
        P, T.SIGHT, SHARE,
        blue_ppm=(mark("满意度低于多少亮蓝色预警"), "satisfaction under this opens a blue warning"),
        warning_error_ppm=(mark("满意度正好在线上的社区，一个季度误亮预警的机会最多多少"), "chance of a wrong warning in a quarter, for a community right at the bar, at most"),
        star_5_ppm=(mark("五星：满意度区间下限至少多少"), "five stars: the lower end of satisfaction is at least"),
        star_4_ppm=(mark("四星：满意度区间下限至少多少"), "four stars: the lower end of satisfaction is at least"),
        star_3_ppm=(mark("三星：满意度区间下限至少多少"), "three stars: the lower end of satisfaction is at least"),
        star_2_ppm=(mark("二星：满意度区间下限至少多少"), "two stars: the lower end of satisfaction is at least"),
        handled_goal_ppm=(mark("按时办好的比例要到多少"), "share of needs to be handled in time"),
        peers_young_ppm=(mark("六十岁以上的占多少以下算年轻社区"), "a community is young under this share of people of sixty and older"),
        peers_old_ppm=(mark("六十岁以上的占多少起算老年社区"), "a community is old from this share of people of sixty and older"),
        risk_part_ppm=(mark("一个月里参与的居民少于多少算风险"), "residents taking part in a month under this raise a risk"),
        risk_met_ppm=(mark("办结的事里办成的少于多少算风险"), "needs met among those ended under this raise a risk"),
        known_min_ppm=(mark("有数据的维度合起来至少占多少才给指数"), "least weight with data for an index"),
        weight_facilities_ppm=(mark("健康指数权重：设施"), "health index weight: facilities"),
        weight_coverage_ppm=(mark("健康指数权重：重点人群覆盖"), "health index weight: coverage of special groups"),
        weight_response_ppm=(mark("健康指数权重：响应"), "health index weight: response"),
        weight_satisfaction_ppm=(mark("健康指数权重：居民满意"), "health index weight: residents' satisfaction"),
        weight_participation_ppm=(mark("健康指数权重：参与"), "health index weight: participation"),
        weight_vitality_ppm=(mark("健康指数权重：互助活力"), "health index weight: vitality of mutual aid"),
        weight_sharing_ppm=(mark("健康指数权重：共享"), "health index weight: sharing"),
        weight_safety_ppm=(mark("健康指数权重：平安"), "health index weight: safety"),
    ),
    **_key(
        Kind.FEN, T.VISITS, (0, 1_000_000),
        errand_float_fen=(mark("代买东西最多垫多少钱"), "money handed over for an errand at most"),
    ),
    **_key(
        Kind.FEN, T.SIGHT, (0, 1_000_000),
        hour_low_fen=(mark("请人做同样的事一小时多少钱，低的算法"), "pay of an hour of the same work, low reckoning"),
        hour_mid_fen=(mark("请人做同样的事一小时多少钱，中间的算法"), "pay of an hour of the same work, middle reckoning"),
        hour_high_fen=(mark("请人做同样的事一小时多少钱，高的算法"), "pay of an hour of the same work, high reckoning"),
    ),
    **_key(
        M, T.SIGHT, SPAN,
        spared_low_minutes=(mark("一次上门替人省下多少张罗的时间，低的算法"), "time spared in arranging one visit, low reckoning"),
        spared_mid_minutes=(mark("一次上门替人省下多少张罗的时间，中间的算法"), "time spared in arranging one visit, middle reckoning"),
        spared_high_minutes=(mark("一次上门替人省下多少张罗的时间，高的算法"), "time spared in arranging one visit, high reckoning"),
    ),
    **_key(
        C, T.SIGHT, (1, 3),
        risk_data_impact_count=(mark("数据孤岛：影响一到三"), "data in silos: impact from one to three"),
        risk_divide_impact_count=(mark("数字鸿沟：影响一到三"), "digital divide: impact from one to three"),
        risk_form_impact_count=(mark("执行走样：影响一到三"), "form over substance: impact from one to three"),
        risk_money_impact_count=(mark("资金难持续：影响一到三"), "money that does not last: impact from one to three"),
        risk_drive_impact_count=(mark("参与动力不足：影响一到三"), "too little wish to take part: impact from one to three"),
        risk_custom_impact_count=(mark("水土不服：影响一到三"), "does not fit local custom: impact from one to three"),
    ),
    **_key(
        Kind.FEN, T.SIGHT, (0, 10_000_000_000),
        star_5_subsidy_fen=(mark("五星社区一年的补贴"), "subsidy a year for five stars"),
        star_4_subsidy_fen=(mark("四星社区一年的补贴"), "subsidy a year for four stars"),
        star_3_subsidy_fen=(mark("三星社区一年的补贴"), "subsidy a year for three stars"),
        star_2_subsidy_fen=(mark("二星社区一年的补贴"), "subsidy a year for two stars"),
        star_1_subsidy_fen=(mark("一星社区一年的补贴"), "subsidy a year for one star"),
    ),
    **_key(
        Kind.FLAG, T.NEEDS, (0, 1), dispatch_objection_allowed=(mark("社区可以对派单提异议"), "a community may object to a dispatch"),
    ),
}  # fmt: skip


def _text(topic: Topic, name: str, pattern: str, words: tuple[str, str]) -> dict[str, Key]:
    return {name: Key(name, Kind.TEXT, topic, *words, pattern=pattern)}


KEYS |= _text(T.NUMBERS, "emergency_fire", r"\d{3,5}", (mark("火警"), "fire"))
KEYS |= _text(T.NUMBERS, "emergency_ambulance", r"\d{3,5}", (mark("急救"), "ambulance"))
KEYS |= _text(T.NUMBERS, "emergency_police", r"\d{3,5}", (mark("报警"), "police"))
KEYS |= _text(T.NUMBERS, "emergency_traffic", r"\d{3,5}", (mark("交通事故"), "traffic accident"))
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
KEYS |= _text(
    T.MATCHING,
    "quiet_hours",
    rf"-|{_TIME}-{_TIME}",
    (mark("夜里几点到几点不问帮手，急事除外（没有写 -）"), "hours of the night in which nobody is asked, urgent needs apart (- for none)"),
)
KEYS |= _text(
    T.MATCHING, "day_opens", _TIME, (mark("夜里提的事，第二天几点起上门"), "what is asked for at night is done the next day from")
)
KEYS |= _text(T.NUMBERS, "community_phone", PHONE, (mark("需求码上印的社区电话"), "phone of the community, printed on need codes"))
KEYS |= _text(
    T.PLACE,
    "region_kind",
    "mega|small|rural",
    (mark("地区类型：超大城市群、中小城市、农村"), "kind of region: mega-city cluster, small and middle city, countryside"),
)
# Days that every year has; the 29th of February is none of them.
_DATE = r"\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"
DATES = rf"-|{_DATE}(?: {_DATE}){{0,60}}"
KEYS |= _text(T.SIGHT, "days_off", DATES, (mark("当地另外放假的日子（没有写 -）"), "further days off here (- for none)"))
KEYS |= _text(T.SIGHT, "days_worked", DATES, (mark("当地要上班的周末（没有写 -）"), "weekends that are worked here (- for none)"))
