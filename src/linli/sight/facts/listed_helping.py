"""The registry's lines about visits, helpers, hours and voice."""

from __future__ import annotations

from linli.kernel.words import mark
from linli.sight.facts.indicator import Indicator, Owner, Topic
from linli.sight.facts.making import DOWN, FLAT, UP, Under

# A table: one line each, as people read it.
# fmt: off
D = Under(Topic.VISITS, Owner.COMMUNITY)
VISITS: tuple[Indicator, ...] = (
    D.count("visits_done", "visits", mark("上门帮成的次数"), "Visits done", mark("两边确认、调定或更正过的上门"), "Visits that were confirmed, settled or corrected", source="report §5.1.2, F234", direction=UP),
    D.amount("minutes_helped", "visit_minutes", "visits", mark("帮人的时间"), "Minutes helped", mark("上门帮成的分钟数，按最后认定的算"), "Minutes of visits done, as agreed in the end", source="report §3.1, F093; §5.2.2, F256", direction=UP),
    D.time("visit_median", "visit_p50", "visits", mark("一次上门的时间中位数"), "Median minutes of a visit", mark("一次上门的分钟数，排在正中的那一个"), "Minutes of a visit, the middle one", source="report §5.2.2, F255", direction=FLAT),
    D.share("to_checklist", "to_checklist", "visits", mark("服务标准化率"), "Done to the whole checklist", mark("上门里，清单每一项都做到的占多少"), "Visits with every item of the checklist done of all visits", source="report §1.3.2, F008", direction=UP),
    D.share("punctual", "punctual", "checked_in", mark("准时到门率"), "Punctual at the door", mark("签到里，准时的占多少；晚几分钟以内算准时，由规则定"), "Check-ins within the tolerance of the agreed start (policy punctual_minutes) of all check-ins", source="report §5.1.1; policy punctual_minutes", direction=UP),
    D.share("paper_share", "by_paper", "checked_in", mark("纸面签到占比"), "Share of paper check-ins", mark("签到里，由工作者补记、电话核实的占多少"), "Check-ins a worker wrote down and called back about of all check-ins", source="mission N9; rules.md"),
    D.share("confirmed_self_share", "confirmed_self", "confirmed", mark("居民亲自确认率"), "Confirmed by the residents themselves", mark("确认里，居民自己确认的占多少；其余由监护人或电话"), "Confirmations by the resident's own channel of all; the others by guardian or call", source="mission E1", direction=UP),
    D.share("confirmed_call_share", "confirmed_call", "confirmed", mark("电话确认占比"), "Share confirmed by a call", mark("确认里，由工作者打电话问到的占多少"), "Confirmations a worker asked for by phone of all", source="mission N9"),
    D.count("visits_booked", "booked", mark("约好的上门"), "Visits booked", mark("帮手接下、约好时间的上门"), "Visits a helper took on with a time", source="mission N5"),
    D.count("no_shows", "no_shows", mark("爽约"), "No-shows", mark("帮手没有来的上门"), "Visits to which the helper did not come", source="mission N5", direction=DOWN),
    D.ratio("no_shows_per_booked", "no_shows", "booked", mark("每百次约好的爽约几次"), "No-shows per hundred booked", mark("爽约，除以同期约好的上门"), "No-shows over visits booked in the time", source="mission N5", direction=DOWN),
    D.count("visits_cancelled", "cancelled", mark("取消的上门"), "Visits cancelled", mark("约好以后取消的上门"), "Visits called off after they were booked", source="mission N5", direction=DOWN),
    D.count("disputes", "disputed", mark("时长争议"), "Disputes", mark("两边报的时长差得太多的上门"), "Visits with claims too far apart", source="report §6.3.2, F340", direction=DOWN),
    D.ratio("disputes_per_visit", "disputed", "visits", mark("每百次上门争议几次"), "Disputes per hundred visits", mark("争议，除以同期帮成的上门"), "Disputes over visits done in the time", source="report §5.3.3, F279", direction=DOWN),
    D.count("disputes_settled", "settled", mark("调定的争议"), "Disputes settled", mark("由工作者调定的争议"), "Disputes a worker decided", source="report §5.1.2, F236"),
    D.count("corrections", "corrected", mark("更正的时长"), "Hours corrected", mark("确认以后又更正的上门"), "Visits corrected after they were confirmed", source="mission L11", direction=DOWN),
    D.count("offers", "offers_ended", mark("发出的邀请"), "Offers", mark("有了结果的邀请：接了、谢绝、过时、收回"), "Offers that ended: accepted, declined, lapsed, withdrawn", source="mission M2"),
    D.share("offers_accepted_share", "offers_accepted", "offers_ended", mark("邀请接受率"), "Offers accepted", mark("邀请里，帮手接下的占多少"), "Offers accepted of all that ended", source="report §4.2.1, F182", direction=UP),
    D.share("offers_declined_share", "offers_declined", "offers_ended", mark("邀请谢绝率"), "Offers declined", mark("邀请里，帮手谢绝的占多少"), "Offers declined of all that ended", source="mission M2", direction=DOWN),
    D.share("offers_lapsed_share", "offers_lapsed", "offers_ended", mark("邀请过时率"), "Offers lapsed", mark("邀请里，等到过时没人应的占多少"), "Offers nobody answered of all that ended", source="mission M2", direction=DOWN),
    D.time("offer_median", "offer_p50", "offers_answered", mark("帮手回应时间中位数"), "Median minutes until a helper answers", mark("帮手接下或谢绝用的分钟数，排在正中的那一个"), "Minutes until a helper accepts or declines, the middle one", source="report §2.4, F073"),
)

E = Under(Topic.HELPERS, Owner.COMMUNITY)
HELPERS: tuple[Indicator, ...] = (
    E.count("helpers", "helpers", mark("在册帮手"), "Helpers on the register", mark("最近一次盘点时在册的帮手"), "Helpers on the register at the last look", source="report §1.3.2, F012; §3.1, F091", direction=UP),
    E.rate("helpers_per_1000", "helpers", "residents", mark("每千人帮手"), "Helpers per 1,000 residents", mark("在册帮手，除以在册居民"), "Helpers over residents on the register", source="report §1.3.2, F012", direction=UP),
    E.count("helpers_active", "helpers_active", mark("帮过人的帮手"), "Active helpers", mark("这段时间里至少上门帮成一次的帮手"), "Helpers with at least one visit done in the time", source="report §3.2.3, F116", direction=UP),
    E.ratio("helpers_active_share", "helpers_active", "helpers", mark("帮手活跃率"), "Active helpers per hundred on the register", mark("帮过人的帮手，除以在册帮手；在外社区帮人的也算"), "Active helpers over helpers on the register; help in other communities counts too", source="report §3.2.3, F116", direction=UP),
    E.share("helpers_again_share", "helpers_again", "helpers_helped", mark("帮手再来率"), "Helpers who came again", mark("帮过人的帮手里，帮了两次以上的占多少"), "Helpers with two visits or more of all active ones", source="report §3.2.3, F116; §5.4.3, F288", direction=UP),
    E.count("helpers_joined", "joined", mark("新来的帮手"), "New helpers", mark("这段时间里登记的帮手"), "Helpers who joined in the time", source="report §3.1, F092", direction=UP),
    E.ratio("helpers_paused_share", "helpers_paused", "helpers", mark("暂停的帮手占比"), "Paused helpers per hundred", mark("在册帮手里，自己按了暂停的占多少"), "Helpers who paused over helpers on the register", source="report §3.2.3, F116", direction=DOWN),
    E.ratio("helpers_certified_share", "helpers_certified", "helpers", mark("持证帮手占比"), "Certified helpers per hundred", mark("在册帮手里，有证书且没过期的占多少"), "Helpers with a certificate in force over helpers on the register", source="report §3.2.1, F102", direction=UP),
    E.count("certificates_seen", "certified", mark("看过的证书"), "Certificates seen", mark("工作者这段时间看过原件的证书"), "Certificates a worker saw in the time", source="mission S1"),
    E.ratio("load_top_share", "load_top", "load_minutes", mark("最忙一成帮手的担子"), "Load of the busiest tenth", mark("最忙的一成帮手，担了全部时间的多少"), "The busiest tenth of helpers' share of all minutes", source="mission M1 (load, fairness)", direction=DOWN),
    E.ratio("load_gini", "gini_top", "gini_bottom", mark("担子不均系数"), "Gini coefficient of helpers' minutes", mark("帮手之间分担的基尼系数：0是人人一样，越高越集中"), "Gini coefficient of minutes over helpers: 0 all alike, higher more concentrated", source="mission M1 (load, fairness)", direction=DOWN),
    E.missing("experts_hours", mark("专家公益时间"), "Experts' pro-bono hours", mark("还没有人才库的记录"), "No record of a talent pool yet", source="report §4.2.3, F192, F193"),
    E.missing("groups_mutual_aid", mark("互助小组数"), "Mutual-aid groups", mark("还没有互助小组的记录"), "No record of mutual-aid groups yet", source="report §1.3.2, F011"),
)

G = Under(Topic.HOURS, Owner.CIVIL)
HOURS: tuple[Indicator, ...] = (
    G.amount("hours_credited", "hours_posted", "hours_posted_n", mark("记进时间本的时间"), "Minutes credited", mark("上门确认后记进时间本的分钟数"), "Minutes posted to time books after visits", source="report §4.2.2, F188; §3.1, F093", direction=UP),
    G.amount("hours_held", "hours_held", "hours_held_n", mark("预留的时间"), "Minutes held", mark("约好上门时预留的分钟数"), "Minutes held when visits were booked", source="mission L1"),
    G.amount("hours_returned", "hours_returned", "hours_returned_n", mark("退回的预留"), "Minutes of holds returned", mark("上门没成、退回的预留"), "Held minutes given back because the visit did not happen", source="mission L1"),
    G.amount("hours_honour", "hours_honour", "hours_honour_n", mark("荣誉时间"), "Minutes of honour", mark("时间本满了以后继续帮的时间，只记荣誉"), "Minutes served beyond a full book, kept as an honour", source="mission L1"),
    G.amount("hours_corrected", "hours_taken_back", "hours_taken_back_n", mark("更正冲回的时间"), "Minutes taken back by corrections", mark("更正时冲回的分钟数；更正后的重新记"), "Minutes reversed by corrections; what is right is posted anew", source="mission L11", direction=DOWN),
    G.amount("hours_seeded", "hours_seeded", "hours_seeded_n", mark("种子时间"), "Seed minutes", mark("工作者发给特殊群体的种子时间"), "Minutes given to people of special groups by workers", source="mission L1"),
    G.count("seeds", "hours_seeded_n", mark("发种子时间的次数"), "Seeds given", mark("发种子时间的次数"), "Times seed hours were given", source="mission L1"),
    G.count("time_books", "books", mark("时间本"), "Time books", mark("最近一次盘点时开着的时间本"), "Time books open at the last look", source="report §4.5.1, F219; §6.4.1, F353", direction=UP),
    G.rate("time_books_per_1000", "books", "residents", mark("每千人时间本"), "Time books per 1,000 residents", mark("时间本，除以在册居民"), "Time books over residents on the register", source="report §4.2.2, F189", direction=UP),
    G.amount("hours_owed", "book_minutes", "books", mark("居民手里的时间"), "Minutes in residents' books", mark("最近一次盘点时，时间本里存着的分钟数"), "Minutes in time books at the last look", source="mission L1 (liability)"),
    G.missing("funds_size", mark("互助基金规模"), "Size of community funds", mark("还没有互助基金的记录"), "No record of community funds yet", source="report §6.2.2, F325"),
    G.missing("fees_paid", mark("物业费缴费率"), "Property dues paid", mark("还没有物业账的记录"), "No record of property dues yet", source="report §3.3.2, F136"),
)

H = Under(Topic.VOICE, Owner.CIVIL)
VOICE: tuple[Indicator, ...] = (
    H.count("ratings", "rated", mark("评价"), "Ratings", mark("居民给的评价，一次上门最多一份"), "Ratings by residents, at most one a visit", source="report §6.3.2, F339", direction=UP),
    H.share("satisfaction", "satisfied", "rated", mark("居民满意率"), "Satisfaction", mark("评价里，四星和五星的占多少"), "Four and five stars of all ratings", source="report §5.1.1, F225; §5.5.2, F297", direction=UP),
    H.mean("stars_mean", "stars", "rated", mark("平均几星"), "Mean stars", mark("星数加起来，除以评价数"), "Stars over ratings", source="report §4.1.2, F171", direction=UP),
    H.ratio("rated_per_visit", "rated", "visits", mark("每百次上门有几份评价"), "Ratings per hundred visits", mark("评价，除以同期帮成的上门"), "Ratings over visits done in the time", source="report §6.3.2, F339", direction=UP),
    H.share("five_star_share", "stars_5", "rated", mark("五星占比"), "Share of five stars", mark("评价里，五星的占多少"), "Five stars of all ratings", source="report §4.1.2, F171", direction=UP),
    H.share("low_share", "rated_low", "rated", mark("一二星占比"), "Share of one and two stars", mark("评价里，一星和两星的占多少"), "One and two stars of all ratings", source="report §6.3.2, F340", direction=DOWN),
    H.count("rectifications", "rectify_opened", mark("开出的整改"), "Rectifications opened", mark("一二星评价开出的整改"), "Rectifications opened by low ratings", source="report §6.3.2, F340", direction=DOWN),
    H.count("rectified", "rectify_ended", mark("改好的整改"), "Rectifications accepted", mark("居民说改好了的整改"), "Rectifications the resident accepted", source="report §6.3.2, F340", direction=UP),
    H.share("rectified_in_time", "rectify_in_time", "rectify_ended", mark("整改按时率"), "Rectified in time", mark("改好的整改里，在时钟之内的占多少"), "Rectifications within the clock of all accepted", source="report §6.3.2, F340; §6.3.3, F348", direction=UP),
    H.ratio("rectified_per_opened", "rectify_ended", "rectify_opened", mark("每百件整改改好几件"), "Accepted per hundred rectifications", mark("改好的整改，除以同期开出的整改"), "Rectifications accepted over opened in the time", source="report §6.3.2, F340", direction=UP),
    H.time("rectify_median", "rectify_p50", "rectify_ended", mark("整改时间中位数"), "Median minutes of a rectification", mark("从开出到居民认可的分钟数，排在正中的那一个"), "Minutes from opening to acceptance, the middle one", source="report §6.3.2, F340"),
    H.count("rectify_rejected", "rectify_rejected", mark("居民不认的整改"), "Rectifications rejected", mark("居民说没有改好的次数"), "Times the resident said it was not put right", source="report §6.3.1, F336", direction=DOWN),
    H.missing("officers_reports", mark("体验官月报"), "Experience officers' reports", mark("还没有体验官的记录"), "No record of experience officers yet", source="report §5.5.1, F293, F294"),
    H.missing("council_participation", mark("议事参与率"), "Participation in councils", mark("还没有议事会的记录"), "No record of councils yet", source="report §5.3.3, F275"),
)
