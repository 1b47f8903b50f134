"""The registry's lines about needs, answers, visits and helpers."""

from __future__ import annotations

from linli.kernel.words import mark
from linli.sight.facts.indicator import Indicator, Owner, Topic
from linli.sight.facts.making import DOWN, UP, Under

# A table: one line each, as people read it.
# fmt: off
A = Under(Topic.ASKING, Owner.COMMUNITY)
ASKING: tuple[Indicator, ...] = (
    A.count("needs_asked", "asked", mark("提出的事"), "Needs asked", mark("这段时间里提出的事，一件算一次，不管后来怎样"), "Every need asked in the time, once each, whatever became of it", source="mission N5; report §3.3.3, F140"),
    A.rate("needs_per_1000", "asked", "residents", mark("每千人提出的事"), "Needs per 1,000 residents", mark("提出的事，除以在册居民"), "Needs asked over residents on the register", source="report §2.4, F077"),
    A.count("needs_urgent", "asked_urgent", mark("急事"), "Urgent needs", mark("提的时候说了很急的事"), "Needs said to be urgent when asked", source="report §5.1.1, F230", personal=True),
    A.share("needs_urgent_share", "asked_urgent", "asked", mark("急事占比"), "Share of urgent needs", mark("提出的事里，急事占多少"), "Urgent needs of all needs asked", source="report §2.4, F077"),
    A.count("needs_phoneless", "asked_phoneless", mark("不用手机提的事"), "Needs asked without a phone page", mark("扫楼里的需求码，或者打电话请社区工作者代填的事"), "Needs asked by a need-code sheet or entered by a worker for a caller", source="report §3.4.3, F157; mission N9"),
    A.share("needs_phoneless_share", "asked_phoneless", "asked", mark("不用手机提的占比"), "Share asked without a phone page", mark("提出的事里，扫需求码或电话代填的占多少"), "Needs by sheet or call of all needs asked", source="report §3.4.3, F157, F158"),
    A.count("needs_groups", "asked_groups", mark("特殊群体提的事"), "Needs of special groups", mark("独居老人、残疾人、困境儿童、低收入家庭提的事"), "Needs of older people alone, disabled people, children in hardship, low-income families", source="report §2.2, F047", personal=True),
    A.share("needs_groups_share", "asked_groups", "asked", mark("特殊群体的事占比"), "Share of needs of special groups", mark("提出的事里，特殊群体的占多少"), "Needs of special groups of all needs asked", source="report §2.2, F048", personal=True),
    A.count("needs_group_alone", "asked_group_alone", mark("独居老人提的事"), "Needs of older people living alone", mark("独居老人提的事"), "Needs asked by or for older people living alone", source="report §2.1, F024", personal=True),
    A.count("needs_group_disabled", "asked_group_disabled", mark("残疾人提的事"), "Needs of disabled people", mark("残疾人提的事"), "Needs asked by or for disabled people", source="report §2.2, F047", personal=True),
    A.count("needs_group_child", "asked_group_child", mark("困境儿童的事"), "Needs of children in hardship", mark("困境儿童的事，由监护人或工作者提出"), "Needs of children in hardship, asked by guardian or worker", source="report §2.2, F047", personal=True),
    A.count("needs_group_low_income", "asked_group_low_income", mark("低收入家庭提的事"), "Needs of low-income families", mark("低收入家庭提的事"), "Needs asked by low-income families", source="report §5.1.3, F243", personal=True),
    A.share("needs_elder_share", "asked_domain_elder", "asked", mark("养老服务的需求占比"), "Elder care's share of needs", mark("提出的事里，养老服务占多少"), "Elder-care needs of all needs asked", source="report §3.2.1, F099"),
    A.share("needs_childcare_share", "asked_domain_child", "asked", mark("托育照护的需求占比"), "Childcare's share of needs", mark("提出的事里，托育照护占多少"), "Childcare needs of all needs asked", source="report §3.2.1, F100"),
    A.share("needs_health_share", "asked_domain_health", "asked", mark("健康陪护的需求占比"), "Health company's share of needs", mark("提出的事里，健康陪护占多少"), "Health needs of all needs asked", source="report §2.2, F039"),
    A.share("needs_home_share", "asked_domain_home", "asked", mark("居家便民的需求占比"), "Household help's share of needs", mark("提出的事里，居家便民占多少"), "Household needs of all needs asked", source="mission N3"),
    A.share("needs_disabled_share", "asked_domain_disabled", "asked", mark("助残服务的需求占比"), "Disability service's share of needs", mark("提出的事里，助残服务占多少"), "Disability services of all needs asked", source="report §2.2, F048"),
    A.share("needs_culture_share", "asked_domain_culture", "asked", mark("文化学习的需求占比"), "Culture and learning's share of needs", mark("提出的事里，文化学习占多少"), "Culture and learning of all needs asked", source="report §2.2, F043"),
    A.share("needs_safety_share", "asked_domain_safety", "asked", mark("平安守望的需求占比"), "Safety watch's share of needs", mark("提出的事里，平安守望占多少"), "Safety needs of all needs asked", source="report §2.4, F077"),
    A.share("needs_hardship_share", "asked_domain_hardship", "asked", mark("困难帮扶的需求占比"), "Hardship help's share of needs", mark("提出的事里，困难帮扶占多少"), "Hardship help of all needs asked", source="report §5.1.3, F244"),
    A.share("needs_medicine_share", "asked_service_medicine", "asked", mark("代买药的需求占比"), "Medicine errands' share of needs", mark("提出的事里，代买药占多少"), "Medicine errands of all needs asked", source="report §3.3.3, F141"),
    A.count("needs_meal", "asked_service_meal", mark("要送餐的事"), "Meals asked for", mark("提出的送餐"), "Meal services asked for", source="report §4.2.2, F185"),
    A.count("needs_escort", "asked_service_escort", mark("要陪诊的事"), "Escorts to a doctor asked for", mark("提出的陪诊"), "Escorts to a doctor asked for", source="report §2.2, F039"),
    A.count("needs_channel_web", "asked_channel_web", mark("自己在网页上提的事"), "Needs asked on the page", mark("居民自己在网页上提的事"), "Needs asked by residents on the page", source="mission N2"),
    A.count("needs_channel_code", "asked_channel_code", mark("扫需求码提的事"), "Needs asked by need code", mark("扫楼里的需求码提的事"), "Needs asked by a need-code sheet", source="mission N1"),
    A.count("needs_channel_phone", "asked_channel_phone", mark("电话代填的事"), "Needs entered for a caller", mark("打电话来，由社区工作者代填的事"), "Needs a worker entered for a caller", source="mission N2"),
)

B = Under(Topic.ANSWERING, Owner.COMMUNITY)
ANSWERING: tuple[Indicator, ...] = (
    B.count("needs_answered", "answered", mark("回了话的事"), "Needs answered", mark("有人回了第一次话的事，按回话的日子算"), "Needs that got a first answer, on the day of the answer", source="report §1.3.2, F017"),
    B.share("answered_in_time", "answered_in_time", "answered", mark("按时回话率"), "Answered in time", mark("回了话的事里，没有过时钟的占多少"), "Answers within the need's clock of all answers", source="report §1.3.2, F017; §4.2.1, F180", direction=UP),
    B.time("answer_median", "answer_p50", "answered", mark("回话时间中位数"), "Median minutes to the first answer", mark("从提出到第一次回话的分钟数，排在正中的那一个"), "Minutes from asking to the first answer, the middle one", source="report §2.4, F072; §3.3.3, F142"),
    B.time("answer_p90", "answer_p90", "answered", mark("回话时间九成数"), "Nine in ten answered within", mark("十件里九件在这么多分钟之内有人回话"), "Nine of ten needs were answered within so many minutes", source="report §1.3.2, F017"),
    B.share("urgent_in_time", "urgent_in_time", "urgent_answered", mark("急事按时回话率"), "Urgent needs answered in time", mark("回了话的急事里，没有过时钟的占多少"), "Urgent answers within the clock of all urgent answers", source="report §5.1.1, F231", direction=UP),
    B.time("urgent_median", "urgent_p50", "urgent_answered", mark("急事回话时间中位数"), "Median minutes to answer urgent needs", mark("急事从提出到第一次回话，排在正中的分钟数"), "Minutes to the first answer of urgent needs, the middle one", source="report §5.1.1, F230, F231"),
    B.time("urgent_p90", "urgent_p90", "urgent_answered", mark("急事回话时间九成数"), "Nine in ten urgent needs answered within", mark("十件急事里九件在这么多分钟之内有人回话"), "Nine of ten urgent needs were answered within so many minutes", source="report §5.1.1, F231"),
    B.share("groups_in_time", "groups_in_time", "groups_answered", mark("特殊群体按时回话率"), "Special groups answered in time", mark("回了话的特殊群体的事里，没有过时钟的占多少"), "Answers to special groups within the clock of all of them", source="report §2.3, F061", direction=UP),
    B.time("groups_median", "groups_p50", "groups_answered", mark("特殊群体回话时间中位数"), "Median minutes to answer special groups", mark("特殊群体的事从提出到第一次回话，排在正中的分钟数"), "Minutes to the first answer of special groups' needs, the middle one", source="report §2.3, F061"),
    B.share("alone_in_time", "alone_in_time", "alone_answered", mark("独居老人按时回话率"), "Older people alone answered in time", mark("回了话的独居老人的事里，没有过时钟的占多少"), "Answers to older people alone within the clock of all of them", source="report §5.1.1, F231", direction=UP),
    B.time("alone_median", "alone_p50", "alone_answered", mark("独居老人回话时间中位数"), "Median minutes to answer older people alone", mark("独居老人的事从提出到第一次回话，排在正中的分钟数"), "Minutes to the first answer of older people alone, the middle one", source="report §5.1.1, F230, F231"),
    B.share("phoneless_in_time", "phoneless_in_time", "phoneless_answered", mark("不用手机提的事按时回话率"), "Phone-less needs answered in time", mark("扫码或电话代填的事里，回话没有过时钟的占多少"), "Answers to needs by sheet or call within the clock of all of them", source="mission N9; report §3.4.3, F158", direction=UP),
    B.share("care_in_time", "care_in_time", "care_answered", mark("急事和特殊群体按时回话率"), "Urgent needs and special groups answered in time", mark("急事和特殊群体的事里，按短时钟回话的占多少"), "Answers by the shorter clocks of all that run on them", source="mission N4", direction=UP),
    B.count("escalations", "escalated", mark("过时升级"), "Escalations", mark("时钟走完没人管、自动升一级的次数"), "Times a clock ran out and the need went up a level by itself", source="mission N4", direction=DOWN),
    B.count("escalations_street", "escalated_street", mark("升到街道"), "Escalations to the street", mark("自动升到街道的次数"), "Times a need went up to the street by itself", source="report §4.2.1, F178", direction=DOWN, owner=Owner.STREET),
    B.count("escalations_city", "escalated_city", mark("升到市里"), "Escalations to the city", mark("自动升到市里的次数"), "Times a need went up to the city by itself", source="report §4.2.1, F178", direction=DOWN, owner=Owner.CIVIL),
    B.ratio("escalations_per_need", "escalated", "asked", mark("每百件事升级几次"), "Escalations per hundred needs", mark("升级次数，除以提出的事；一件事可以升两次"), "Escalations over needs asked; one need can go up twice", source="mission N4", direction=DOWN),
)

C = Under(Topic.HANDLING, Owner.COMMUNITY)
HANDLING: tuple[Indicator, ...] = (
    C.count("needs_ended", "ended", mark("办结的事"), "Needs ended", mark("办完、转交的事；自己撤回的不算"), "Needs met or handed on; those withdrawn by the asker do not count", source="report §3.3.3, F140"),
    C.count("needs_met", "met", mark("邻居帮成的事"), "Needs met by a neighbour", mark("由邻居上门、两边确认过的事"), "Needs closed by a visit both sides confirmed", source="mission N5", direction=UP),
    C.share("met_share", "met", "ended", mark("邻居帮成率"), "Share met by a neighbour", mark("办结的事里，由邻居上门帮成的占多少"), "Needs met by a visit of all needs ended", source="report §3.3.3", direction=UP),
    C.share("handled_in_time", "handled_in_time", "handled", mark("按时办好率"), "Handled in time", mark("办结的事里，在办理时钟之内的占多少"), "Needs ended within the handling clock of all ended", source="report §4.2.1, F179, F180", direction=UP),
    C.time("handle_median", "handle_p50", "handled", mark("办好时间中位数"), "Median minutes to the end", mark("从提出到办结的分钟数，排在正中的那一个"), "Minutes from asking to the end, the middle one", source="report §4.2.1, F179"),
    C.time("handle_p90", "handle_p90", "handled", mark("办好时间九成数"), "Nine in ten handled within", mark("十件里九件在这么多分钟之内办结"), "Nine of ten needs ended within so many minutes", source="report §4.2.1, F180"),
    C.count("needs_withdrawn", "withdrawn", mark("撤回的事"), "Needs withdrawn", mark("提的人自己撤回的事"), "Needs taken back by whoever asked", source="mission N5", direction=DOWN),
    C.ratio("withdrawn_per_need", "withdrawn", "asked", mark("每百件事撤回几件"), "Withdrawn per hundred needs", mark("撤回的事，除以同期提出的事"), "Needs withdrawn over needs asked in the time", source="mission N5", direction=DOWN),
    C.count("needs_referred", "referred", mark("转交热线的事"), "Needs referred", mark("转给110、119、120、12345等的事"), "Needs handed to an emergency or city line", source="rules.md, 接诉即办 art. 11"),
    C.count("needs_reopened", "reopened", mark("重新打开的事"), "Needs reopened", mark("办结以后又打开的次数"), "Times an ended need was opened again", source="mission N5", direction=DOWN),
    C.count("needs_dispatched", "dispatched", mark("派单"), "Dispatches", mark("街道或市里派下来的次数"), "Times a street or city sent a need to somebody", source="report §4.2.1, F181", owner=Owner.STREET),
    C.count("objections", "objections", mark("派单异议"), "Objections to dispatches", mark("社区对派单提出异议的次数"), "Times a community objected to a dispatch", source="report §4.1.1, F163"),
    C.share("objections_upheld", "objections_upheld", "objections_settled", mark("异议成立率"), "Objections upheld", mark("复核过的异议里，成立的占多少"), "Objections upheld of all settled", source="report §4.1.1, F163", owner=Owner.STREET),
    C.share("objections_in_time", "objections_in_time", "objections_settled", mark("异议按时复核率"), "Objections settled in time", mark("复核过的异议里，在时钟之内的占多少"), "Objections settled within the clock of all settled", source="report §4.2.1", direction=UP, owner=Owner.STREET),
    C.count("needs_live", "needs_live", mark("正在办的事"), "Live needs", mark("最近一次盘点时还没办结的事"), "Needs not ended at the last look", source="mission S7"),
    C.count("needs_late", "needs_late", mark("过时还没办的事"), "Live needs past their clock", mark("最近一次盘点时过了时钟的事"), "Needs past a clock at the last look", source="mission N4", direction=DOWN),
    C.missing("matters_cross_department", mark("跨部门事项按时解决率"), "Cross-department matters solved in time", mark("还没有跨部门事项的记录"), "No record of cross-department matters yet", source="report §3.2.2, F106"),
    C.missing("forecast_accuracy", mark("需求预测准确率"), "Accuracy of need forecasts", mark("还没有需求预测的记录"), "No record of forecasts yet", source="report §4.3.1, F195"),
)
