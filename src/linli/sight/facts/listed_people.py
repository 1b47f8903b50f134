"""The registry's lines about special groups, registers, the record and warnings."""

from __future__ import annotations

from linli.kernel.words import mark
from linli.sight.facts.indicator import Indicator, Owner, Topic
from linli.sight.facts.making import DOWN, UP, Under

# A table: one line each, as people read it.
# fmt: off
P = Under(Topic.GROUPS, Owner.CIVIL)
GROUPS: tuple[Indicator, ...] = (
    P.count("groups_members", "groups_all", mark("特殊群体登记"), "Entries of special groups", mark("特殊群体的登记；一个人属于两类算两次"), "Entries on the register of special groups; a person of two groups counts twice", source="report §2.2, F047", personal=True),
    P.share("groups_covered", "paired_all", "groups_all", mark("一对一帮扶覆盖率"), "One-to-one help coverage", mark("特殊群体的登记里，有结对人的占多少"), "Entries with a named helper of all entries", source="report §1.3.2, F009; §5.1.3, F247, F248", direction=UP, personal=True),
    P.count("alone_members", "group_alone", mark("独居老人"), "Older people living alone", mark("登记的独居老人"), "Older people living alone on the register", source="report §2.1, F024", personal=True),
    P.share("alone_covered", "paired_alone", "group_alone", mark("独居老人结对率"), "Older people alone with a helper", mark("登记的独居老人里，有结对人的占多少"), "Older people alone with a named helper", source="report §5.1.3, F248", direction=UP, personal=True),
    P.count("disabled_members", "group_disabled", mark("残疾人"), "Disabled people", mark("登记的残疾人"), "Disabled people on the register", source="report §2.2, F047", personal=True),
    P.share("disabled_covered", "paired_disabled", "group_disabled", mark("残疾人结对率"), "Disabled people with a helper", mark("登记的残疾人里，有结对人的占多少"), "Disabled people with a named helper", source="report §5.1.3, F248", direction=UP, personal=True),
    P.count("child_members", "group_child", mark("困境儿童"), "Children in hardship", mark("登记的困境儿童"), "Children in hardship on the register", source="report §2.2, F047", personal=True),
    P.share("child_covered", "paired_child", "group_child", mark("困境儿童结对率"), "Children in hardship with a helper", mark("登记的困境儿童里，有结对人的占多少"), "Children in hardship with a named helper", source="report §5.1.3, F248", direction=UP, personal=True),
    P.count("low_income_members", "group_low_income", mark("低收入家庭的人"), "People of low-income families", mark("登记的低收入家庭的人"), "People of low-income families on the register", source="report §5.1.3, F243", personal=True),
    P.share("low_income_covered", "paired_low_income", "group_low_income", mark("低收入家庭结对率"), "Low-income families with a helper", mark("登记的低收入家庭的人里，有结对人的占多少"), "People of low-income families with a named helper", source="report §5.1.3, F244, F245", direction=UP, personal=True),
    P.rate("alone_per_aged", "group_alone", "aged_60", mark("每千位老人里独居的"), "Living alone per 1,000 aged 60 and over", mark("登记的独居老人，除以在册60岁以上居民"), "Older people alone over residents aged 60 and over", source="report §2.1, F024", personal=True),
)

R = Under(Topic.PEOPLE, Owner.COMMUNITY)
PEOPLE: tuple[Indicator, ...] = (
    R.count("residents", "residents", mark("在册居民"), "Residents on the register", mark("最近一次盘点时在册的居民"), "Residents on the register at the last look", source="mission P2"),
    R.count("aged_60", "aged_60", mark("60岁以上居民"), "Residents aged 60 and over", mark("在册居民里，今年满60岁的；没有出生年的不算"), "Residents who turn 60 this year or are older; without a year of birth not counted", source="report §1.1, F001; §2.1, F018"),
    R.ratio("aged_60_share", "aged_60", "residents", mark("60岁以上占比"), "Share aged 60 and over", mark("60岁以上居民，除以在册居民"), "Residents aged 60 and over of all on the register", source="report §1.1, F002; §2.1, F019"),
    R.count("aged_80", "aged_80", mark("80岁以上居民"), "Residents aged 80 and over", mark("在册居民里，今年满80岁的"), "Residents who turn 80 this year or are older", source="report §2.1", personal=True),
    R.count("households", "households", mark("户数"), "Households", mark("在册的户"), "Households on the register", source="report §2.1, F032"),
    R.mean("household_size", "residents", "households", mark("户均人口"), "Mean household size", mark("在册居民，除以户数"), "Residents over households", source="report §2.1, F032"),
    R.count("grids", "grids", mark("网格"), "Grids", mark("社区以下的网格"), "Grids below communities", source="report §1.3.2, F010"),
    R.count("buildings", "buildings", mark("楼栋"), "Buildings", mark("网格以下的楼栋"), "Buildings below grids", source="report §1.3.2, F010"),
    R.count("workers", "workers", mark("社区工作者"), "Community workers", mark("在岗的社区工作者"), "Community workers with a post", source="report §3.2.4, F117"),
    R.rate("workers_per_1000", "workers", "residents", mark("每千人社区工作者"), "Community workers per 1,000", mark("社区工作者，除以在册居民"), "Community workers over residents on the register", source="report §3.2.4, F117", direction=UP),
    R.count("grid_workers", "grid_workers", mark("网格员和楼栋长"), "Grid workers and building leaders", mark("在岗的网格员、楼栋长"), "Grid workers and building leaders with a post", source="mission P5"),
    R.ratio("accounts_share", "accounts", "residents", mark("自己会用的居民占比"), "Residents with an account of their own", mark("有自己账号的居民，除以在册居民"), "Residents who sign in themselves over residents on the register", source="report §3.3.3, F143, F144", direction=UP),
    R.count("guarded", "guarded", mark("有人代办的居民"), "Residents somebody acts for", mark("登记了监护人或家人代办的居民"), "Residents with a guardian or relative who may act for them", source="mission, family member"),
    R.count("need_codes", "sheets", mark("在用的需求码"), "Need codes in use", mark("贴在楼里、没有作废的需求码"), "Need-code sheets issued and not revoked", source="report §4.2.1; mission N1"),
    R.count("special_services", "specials", mark("特色服务"), "Special services", mark("社区申报、上级同意、正在开的特色服务"), "Special services declared, approved and open", source="report §4.1.2, F169"),
    R.count("people_took_part", "took_part", mark("提过事或帮过人的居民"), "People who asked or helped", mark("这段时间提过事或帮过人的不同居民，一个人算一次"), "Different people who asked or helped in the time, each once", source="report §1.3.2, F012; §4.2.2, F189", direction=UP),
    R.ratio("participation", "took_part", "residents", mark("居民参与率"), "Participation", mark("提过事或帮过人的不同居民，除以在册居民"), "Different people who asked or helped over residents on the register", source="report §1.3.2, F015; §2.4, F066", direction=UP),
    R.ratio("mutual_aid", "helped_people", "residents", mark("互助率"), "Mutual aid", mark("帮过人的不同居民，除以在册居民"), "Different people who helped over residents on the register", source="report §5.1.2, F238", direction=UP),
    R.ratio("askers", "asked_people", "residents", mark("求助率"), "Asking for help", mark("提过事的不同居民，除以在册居民"), "Different people who asked over residents on the register", source="report §2.1, F035"),
    R.missing("youth_participation", mark("青年参与率"), "Participation of people under 35", mark("事实里不留年龄，算不出"), "Facts keep no age, so it can not be counted", source="report §3.2.3, F114"),
    R.missing("training_hours", mark("工作者培训时间"), "Workers' training hours", mark("还没有培训的记录"), "No record of training yet", source="report §3.2.4, F120"),
    R.missing("smart_devices", mark("老年人智能设备使用率"), "Smart-device use of older people", mark("还没有设备的记录"), "No record of devices yet", source="report §3.4.3, F157"),
    R.missing("facilities_covered", mark("综合服务设施覆盖率"), "Coverage of service facilities", mark("还没有设施的记录"), "No record of facilities yet", source="report §1.3.2, F006, F007"),
    R.missing("organisations", mark("社区社会组织"), "Social organisations", mark("还没有社会组织的记录"), "No record of social organisations yet", source="report §3.1, F084"),
)

T = Under(Topic.TRUST, Owner.DATA)
TRUST: tuple[Indicator, ...] = (
    T.count("entries", "evidenced", mark("存证条目"), "Evidence entries", mark("这段时间写进存证的条目"), "Entries queued for the evidence log in the time", source="report §4.3.3, F202", direction=UP),
    T.ratio("entries_per_visit", "evidenced", "visits", mark("每百次上门多少条存证"), "Entries per hundred visits", mark("存证条目，除以同期帮成的上门"), "Evidence entries over visits done in the time", source="report §4.3.3, F202"),
    T.time("sign_lag", "sign_lag", "sign_days", mark("最久多久签上名"), "Longest wait for a signature", mark("条目写下到签名，最久的分钟数；第一次签名以前写下的不算"), "Minutes from an entry to its signed checkpoint, the longest; entries from before the first signature do not count", source="report §4.3.3, F202"),
    T.share("signed_in_time", "sign_days_in_time", "sign_days", mark("按时签名的日子"), "Days signed in time", mark("有条目的日子里，全部条目都按时签名的占多少"), "Days on which every entry was signed in time of all days with entries", source="report §4.3.3, F202", direction=UP),
    T.count("consents_live", "consents", mark("生效的同意"), "Consents in force", mark("最近一次盘点时还生效的同意"), "Consents in force at the last look", source="report §4.3.3, F201"),
    T.rate("consents_per_1000", "consents", "residents", mark("每千人同意"), "Consents per 1,000 residents", mark("生效的同意，除以在册居民"), "Consents in force over residents on the register", source="report §4.3.3, F201", direction=UP),
    T.count("consents_granted", "consents_granted", mark("新给的同意"), "Consents granted", mark("居民这段时间给出的同意"), "Consents residents gave in the time", source="report §4.3.3, F201"),
    T.count("consents_withdrawn", "consents_withdrawn", mark("撤回的同意"), "Consents withdrawn", mark("居民这段时间撤回的同意"), "Consents residents took back in the time", source="report §4.3.3, F201"),
    T.count("looks", "looks", mark("查看个人信息"), "Looks at personal data", mark("看别人个人信息的次数，每一次都记着"), "Looks at somebody else's personal data, each of them logged", source="mission E2, E4"),
    T.rate("looks_per_1000", "looks", "residents", mark("每千人被查看次数"), "Looks per 1,000 residents", mark("看别人个人信息的次数，除以在册居民"), "Looks at personal data over residents on the register", source="mission E2, E4", direction=DOWN),
    T.missing("backups", mark("异地备份"), "Off-site backups", mark("还没有备份的记录"), "No record of backups yet", source="report §4.3.3, F203"),
)

W = Under(Topic.WARNINGS, Owner.CIVIL)
WARNINGS: tuple[Indicator, ...] = (
    W.count("warnings_opened", "warned", mark("亮起的预警"), "Warnings opened", mark("这段时间里亮起的预警"), "Warnings opened in the time", source="report §5.5.2, F296", direction=DOWN),
    W.count("warnings_blue", "warned_blue", mark("蓝色预警"), "Blue warnings", mark("亮起的蓝色预警"), "Blue warnings opened", source="report §5.5.2, F297", direction=DOWN),
    W.count("warnings_yellow", "warned_yellow", mark("黄色预警"), "Yellow warnings", mark("亮起的黄色预警"), "Yellow warnings opened", source="report §5.5.2, F299", direction=DOWN),
    W.count("warnings_red", "warned_red", mark("红色预警"), "Red warnings", mark("亮起的红色预警"), "Red warnings opened", source="report §5.5.2, F296", direction=DOWN),
    W.share("plans_in_time", "plans_in_time", "plans", mark("自查方案按时率"), "Plans in time", mark("交上来的自查方案里，在期限之内的占多少"), "Plans handed in within the deadline of all plans", source="report §5.5.2, F298", direction=UP),
    W.count("warnings_closed", "warnings_closed", mark("结案的预警"), "Warnings closed", mark("上级核实、结案的预警"), "Warnings the level above closed", source="report §6.3.3, F348", direction=UP),
    W.ratio("warnings_closed_per_opened", "warnings_closed", "warned", mark("每百个预警里结了几个"), "Closed per hundred warnings", mark("结案的预警，除以同期亮起的预警"), "Warnings closed over opened in the time", source="report §6.3.3, F348", direction=UP),
    W.time("warning_median", "warning_p50", "warnings_closed", mark("预警结案时间中位数"), "Median minutes of a warning", mark("从亮起到结案的分钟数，排在正中的那一个"), "Minutes from opening to closing, the middle one", source="report §6.3.3, F348"),
)
