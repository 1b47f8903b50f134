"""A sentence for every refusal, as a resident would want to hear it: what happened, what is safe, what to do."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from linli.ground.policy.keys import KEYS
from linli.kernel.errors import Refusal, Refused

SENTENCES: dict[Refusal, str] = {
    Refusal.SIGN_IN_FIRST: gettext_noop("请先登录。"),
    Refusal.WRONG_SIGN_IN: gettext_noop("手机号或密码不对。再试一次，或用短信验证码登录。"),
    Refusal.TOO_MANY_TRIES: gettext_noop("试的次数多了，请过 %(minutes)s 分钟再试。急事请直接打社区电话。"),
    Refusal.CODE_EXPIRED: gettext_noop("验证码过期了，请重新取一个。"),
    Refusal.CODE_WRONG: gettext_noop("验证码不对，请看一看再输。"),
    Refusal.PHONE_INVALID: gettext_noop("这个手机号不完整，请检查一下。"),
    Refusal.PHONE_TAKEN: gettext_noop("这个手机号已经登记过了，可以直接登录。"),
    Refusal.PASSWORD_WEAK: gettext_noop("密码太简单。请用至少 %(length_min)s 位，别只用数字。"),
    Refusal.PLACE_UNKNOWN: gettext_noop("没有找到这个地方，请从列表里选。"),
    Refusal.PLACE_OUT_OF_SCOPE: gettext_noop("这个地方还没有接入邻里。请打社区电话，我们帮您转。"),
    Refusal.SHEET_UNKNOWN: gettext_noop("这张需求码已经停用。请打纸上的社区电话。"),
    Refusal.INPUT_MISSING: gettext_noop("还有一项没有填。"),
    Refusal.INPUT_INVALID: gettext_noop("有一项填得不对，请检查。"),
    Refusal.INPUT_TOO_LONG: gettext_noop("写得太长了，最多 %(length_max)s 个字。"),
    Refusal.TIME_PAST: gettext_noop("这个时间已经过了，请另选一个。"),
    Refusal.TIME_TOO_FAR: gettext_noop("时间太远了，请选近一些的日子。"),
    Refusal.SERVICE_UNKNOWN: gettext_noop("没有这项服务，请从列表里选。"),
    Refusal.SERVICE_NOT_HERE: gettext_noop("本社区还没有开这项服务。可以选“别的事”，说说您要什么。"),
    Refusal.TOO_MANY_OPEN: gettext_noop("已经有几件事在办了。先等等，或者打电话催一催。"),
    Refusal.STATE_FORBIDS: gettext_noop("这件事已经往前走了，这一步现在做不了。请刷新看看。"),
    Refusal.REASON_REQUIRED: gettext_noop("请写一句原因。"),
    Refusal.REOPEN_TOO_LATE: gettext_noop("已经过了可以重新打开的日子。请新提一件，我们接着办。"),
    Refusal.OBJECTION_OPEN: gettext_noop("对这次派单的异议还在看，请先等结果。"),
    Refusal.OFFER_GONE: gettext_noop("这件事已经有人接了，谢谢您。"),
    Refusal.OWN_NEED: gettext_noop("这是您自己提的事，不能自己接。"),
    Refusal.PARTY_TO_IT: gettext_noop("您是当事人，这一步要请别人来做。"),
    Refusal.CERTIFICATE_MISSING: gettext_noop("这件事需要证书，您的还没有登记或已经过期。"),
    Refusal.MINOR_ALONE: gettext_noop("未满十八岁，要和监护人一起去。"),
    Refusal.BLOCKED_PAIR: gettext_noop("这两位之间不安排上门。"),
    Refusal.SLOT_TAKEN: gettext_noop("这个时间您已经有一次上门了。"),
    Refusal.CHECK_IN_CODE_WRONG: gettext_noop("数字不对，或者已经换新了。请再看一眼对方手机上的数。"),
    Refusal.CHECK_IN_TOO_EARLY: gettext_noop("还没到时间，开始前 %(minutes)s 分钟可以签到。"),
    Refusal.NOT_CHECKED_IN: gettext_noop("还没有签到。请先签到。"),
    Refusal.OTHER_NOT_HERE: gettext_noop("这件事要两个人一起做。另一位还没有签到，请等一等。"),
    Refusal.ALREADY_CONFIRMED: gettext_noop("已经确认过了，不用再做。"),
    Refusal.CHECKLIST_OPEN: gettext_noop("清单上还有没做完的项目。"),
    Refusal.LOANS_FULL: gettext_noop("同时借着的、排着的已经有 %(n)s 样了。还一样或取消一样，再借。"),
    Refusal.NOT_ALLIED: gettext_noop("这件东西在联盟之外的社区，借不过来。"),
    Refusal.THING_FOR_GROUPS: gettext_noop("这件东西留给独居老人、残疾人等重点照护的人。有难处请打社区电话。"),
    Refusal.LOAN_TOO_LONG: gettext_noop("时间太长了：东西最多借 %(days)s 天，房间一次最多 %(minutes)s 分钟，有的更短。"),
    Refusal.THING_CLOSED: gettext_noop("取或还的时间没有开门，请换一个时间。"),
    Refusal.THING_TAKEN: gettext_noop("这段时间刚刚被别人订走了，或者停用了。请另选一件或换个时间。"),
    Refusal.THING_OUT: gettext_noop("东西还在别人手里，没有还回来。先催还，或换一件。"),
    Refusal.THING_NOT_YET: gettext_noop("还没到取的时间，最早提前 %(minutes)s 分钟来取。"),
    Refusal.ALREADY_ALLIED: gettext_noop("其中有社区已经在一个联盟里了，一个社区同时只在一个联盟。"),
    Refusal.SAME_ACCOUNT: gettext_noop("转出和转入是同一本账，做不了。"),
    Refusal.ACCOUNT_UNKNOWN: gettext_noop("没有找到这本时间本。"),
    Refusal.ACCOUNT_CLOSED: gettext_noop("这本时间本已经关了。"),
    Refusal.ACCOUNT_NOT_EMPTY: gettext_noop("时间本里还有时间。先用掉或捐给社区时间池，再来关。"),
    Refusal.UNITS_DIFFER: gettext_noop("时间、积分和钱不能混在一起记。"),
    Refusal.NOT_POSITIVE: gettext_noop("数目要大于零。"),
    Refusal.HOLD_GONE: gettext_noop("这笔预留已经用掉、退回或过期了。"),
    Refusal.OVER_HOLD: gettext_noop("超过了预留的时间。"),
    Refusal.OVER_LIMIT: gettext_noop("时间不够，最多还能用 %(minutes)s 分钟。"),
    Refusal.OVER_CAP: gettext_noop("已经到了上限，多出来的可以捐给社区时间池。"),
    Refusal.NOTHING_TO_CERTIFY: gettext_noop("这段日子还没有双方确认过的服务，没有可以证明的。请换一段日子。"),
    Refusal.TOO_MANY_TODAY: gettext_noop("一天最多开 %(count)s 份，今天开满了。明天再来，或者用开过的那几份。"),
    Refusal.PERIOD_INVALID: gettext_noop("日子不对：开始不能晚于结束，结束不能在今天之后。"),
    Refusal.GIFT_NOT_HERE: gettext_noop("本地还没有开通送时间给家人。可以捐给社区时间池。"),
    Refusal.NOT_KIN: gettext_noop("只能送给登记过的家人。请社区工作者先登记一下。"),
    Refusal.ALREADY_REVERSED: gettext_noop("这一笔已经冲正过了。"),
    Refusal.ALREADY_RATED: gettext_noop("已经评价过了，谢谢您。"),
    Refusal.NOT_YOUR_RATING: gettext_noop("评价要由受助的人自己来做。"),
    Refusal.PLAN_MISSING: gettext_noop("请先写整改办法。"),
    Refusal.PROOF_MISSING: gettext_noop("请写做了什么，凭什么说改好了。"),
    Refusal.ALREADY_OPEN: gettext_noop("这个社区已经有一张没结的同类预警，请在那一张上接着办。"),
    Refusal.NOBODY_TO_CALL: gettext_noop("最近没有受过帮助的人可以回访，先等有人受助、评分。"),
    Refusal.ALREADY_CALLED: gettext_noop("这一位已经回访过了，结果不能改。"),
    Refusal.CALLS_OPEN: gettext_noop("回访还没有听够，听够了、都说改了，才能结案。"),
    Refusal.NOT_YOUR_LEVEL: gettext_noop("这一步要由上面结案的那一级来做：蓝牌是街道，黄牌是市里，红牌和责任牌是省里。"),
    Refusal.NOT_JUDGED_YET: gettext_noop("这一年还没有评价可评，先等季度盘点。"),
    Refusal.ALREADY_CARRIED: gettext_noop("同一个社区同一季，以前带入过别的数。带入的数不改，什么都没有动。"),
    Refusal.ROWS_WRONG: gettext_noop("有 %(count)s 处不对，一处一处列出来了。改好再来，什么都没有动。"),
    Refusal.APPEAL_OVER: gettext_noop("申诉的日子已经过了，星级已定。"),
    Refusal.ALREADY_APPEALED: gettext_noop("已经申诉过了，请等上级答复。"),
    Refusal.NO_FACTS_YET: gettext_noop("这个地方还没有封存过的事实，写不出白皮书。盘点过一次就有了。"),
    Refusal.RECEIPT_BROKEN: gettext_noop("这张凭证对不上，可能被改过。原始记录还在，请找社区核对。"),
    Refusal.NOT_PUBLISHED_YET: gettext_noop("记录刚收到，大约 %(seconds)s 秒后就能核对。"),
}


# What a field is called beside its form, for the refusals that are about one field; a field of a program keeps its own name.
FIELDS: dict[str, str] = {
    "arrived_at": gettext_noop("帮手几点到的"), "birth_year": gettext_noop("出生年份"), "building": gettext_noop("楼栋名"), "changes": gettext_noop("改哪几项"),
    "called_back_at": gettext_noop("几点打的回访电话"), "caller_name": gettext_noop("称呼"), "code": gettext_noop("数字"),
    "consent": gettext_noop("要收回的那一项"), "data_class": gettext_noop("看什么"), "door": gettext_noop("门牌"), "groups": gettext_noop("特殊群体"),
    "helper": gettext_noop("帮手"), "idempotency_key": gettext_noop("这张表的号"), "item": gettext_noop("清单上的哪一项"), "key": gettext_noop("这张表的号"),
    "format": gettext_noop("文件格式"), "to": gettext_noop("送给谁"), "guardian": gettext_noop("家人"), "ward": gettext_noop("家人"), "kind": gettext_noop("哪一种"), "label": gettext_noop("给哪个程序用"), "language": gettext_noop("语言"), "minutes": gettext_noop("多少分钟"),
    "name": gettext_noop("姓名"), "number": gettext_noop("证书编号"), "other": gettext_noop("哪一位"), "password": gettext_noop("密码"),
    "file_hash": gettext_noop("文件的 SHA-256"), "grade": gettext_noop("哪一次评的"), "grounds": gettext_noop("凭什么"), "heard": gettext_noop("这位居民怎么说"),
    "note": gettext_noop("说了什么"), "plan": gettext_noop("整改方案"), "proof": gettext_noop("整改凭据"), "findings": gettext_noop("核实了什么"), "source": gettext_noop("从哪里来的数"), "quarter": gettext_noop("季度"),
    "paused": gettext_noop("歇不歇"), "phone": gettext_noop("手机号"), "place": gettext_noop("地方"), "radius": gettext_noop("愿意走多远"),
    "reason": gettext_noop("原因"), "service": gettext_noop("要哪样帮助"), "sex": gettext_noop("性别"), "skill": gettext_noop("会做什么"), "slot": gettext_noop("哪些时候"),
    "skills": gettext_noop("会做什么"), "stars": gettext_noop("几颗星"), "tags": gettext_noop("评价的标签"), "text": gettext_noop("说明"),
    "to_place": gettext_noop("派给哪个社区"), "token": gettext_noop("令牌"), "true": gettext_noop("是不是改好了"), "upheld": gettext_noop("结论"),
    "valid_until": gettext_noop("有效到哪天"), "wanted_from": gettext_noop("从什么时候"), "wanted_until": gettext_noop("到什么时候"),
    "month": gettext_noop("月份"), "start": gettext_noop("从哪天"), "end": gettext_noop("到哪天"), "why": gettext_noop("为什么更正"),
    "seeds": gettext_noop("几对"), "days": gettext_noop("几天"), "owner": gettext_noop("谁负责"), "said": gettext_noop("办得怎么样"),
    "occurred_on": gettext_noop("从哪天起"), "event": gettext_noop("怎么处理"), "incident": gettext_noop("哪一类事故"),
    "rows": gettext_noop("各季的数"), "file": gettext_noop("文件"),
    "day": gettext_noop("哪天"), "at": gettext_noop("几点"), "length": gettext_noop("用多久"), "thing": gettext_noop("哪一件"), "units": gettext_noop("有几件"),
    "hours": gettext_noop("哪几天开门"), "opens": gettext_noop("几点开"), "closes": gettext_noop("几点关"), "certificate": gettext_noop("哪种证书"),
    "agreement": gettext_noop("凭什么"), "communities": gettext_noop("哪几个社区"), "community": gettext_noop("哪个社区"), "alliance": gettext_noop("哪个联盟"),
    "condition": gettext_noop("东西怎么样"), "blackout": gettext_noop("哪一次停用"), "unit": gettext_noop("第几件"), "begins_at": gettext_noop("从几时"),
    "ends_at": gettext_noop("到几时"), "for": gettext_noop("给谁"), "step": gettext_noop("怎么办"),
    "where": gettext_noop("转给谁"), "words": gettext_noop("要说的话"),
}  # fmt: skip
ABOUT_A_FIELD = frozenset({Refusal.INPUT_MISSING, Refusal.INPUT_INVALID, Refusal.INPUT_TOO_LONG})


def sentence(refused: Refused) -> str:
    """Return the refusal's sentence in the page's language; where it is about a field, the field is named first."""
    text = gettext(SENTENCES[refused.code])
    said = text % refused.facts if "%(" in text else text
    if refused.code in ABOUT_A_FIELD and refused.field:
        name = FIELDS.get(refused.field) or (KEYS[refused.field].zh if refused.field in KEYS else None)
        return gettext("“%(field)s”：%(sentence)s") % {"field": gettext(name) if name else refused.field, "sentence": said}
    return said
