"""What is said, in Chinese and English. Short sentences for people who never heard of a Merkle tree."""

from __future__ import annotations

ZH, EN = 0, 1

WORDS: dict[str, tuple[str, str]] = {
    "receipt_ok": (
        "凭证有效：里面的每一条记录都在签名的总账里，一个字也没有改动。",
        "The receipt holds: every entry in it is in the signed log, word for word.",
    ),
    "receipt_bad": ("凭证无效：{why}", "The receipt does not hold: {why}"),
    "checkpoint_ok": ("检查点有效：签名属于这把公钥。", "The checkpoint holds: it is signed by this key."),
    "checkpoint_bad": ("检查点无效：{why}", "The checkpoint does not hold: {why}"),
    "log_ok": (
        "总账完整：{size} 条记录、每一块和根都对得上签名。",
        "The log is whole: {size} entries, every tile and the root agree with the signature.",
    ),
    "log_bad": ("总账有问题，共 {count} 处：", "The log is not sound, {count} findings:"),
    "old_ok": ("与您保存的旧检查点一致：旧账原样都在新账里。", "It contains the tree of the checkpoint you kept."),
    "about": ("记录对象：{ref}", "About: {ref}"),
    "line": ("  第 {index} 号  {at}  {kind}{more}", "  no. {index}  {at}  {kind}{more}"),
    "log": ("总账：{origin}，{size} 条", "Log: {origin}, {size} entries"),
    "signed_at": ("签名时间：{at}", "Signed at: {at}"),
    "pinned": ("公钥与您给出的一致。", "The key is the one you gave."),
    "unpinned": (
        "公钥是凭证自带的，请与社区公布的核对：{vkey}",
        "The key came with the receipt; compare it with the one your community published: {vkey}",
    ),
    "unknown": ("另有不认识的签名，没有核对：{names}", "Other signatures, by keys not known here, were not checked: {names}"),
    "cannot": ("没法核对：{why}", "Could not check: {why}"),
    "no_file": ("读不到 {name}", "{name} can not be read"),
    "no_net": ("连不上 {name}", "{name} can not be reached"),
    "no_checkpoint": ("{name} 没有检查点", "{name} has no checkpoint"),
    "bad_key": ("给出的公钥不对：{name}", "This is not a key: {name}"),
    "beijing": ("北京时间", "Beijing time"),
    "progress": ("已核对 {done} / {total}", "checked {done} / {total}"),
}

FLAWS: dict[str, tuple[str, str]] = {
    "format": ("这不是一份完整的凭证，或者文字被动过。", "this is not a receipt, or its text was changed."),
    "key": ("公钥不对，或者不是您给出的那一把。", "the key is damaged, or not the one you gave."),
    "signature": ("检查点的签名不对。", "the signature of the checkpoint does not hold."),
    "witness": (
        "有一行签名不认识（{name}），请用 --witness 给出它的公钥。",
        "it carries a signature by an unknown key ({name}); give that key with --witness.",
    ),
    "checkpoint": ("总账的名称或条数与检查点不符。", "name or size of the log are not those of the checkpoint."),
    "entry": ("第 {entry} 条（{name}）与签名的总账对不上。", "entry {entry} ({name}) is not in the signed log as it stands here."),
}

FINDINGS: dict[str, tuple[str, str]] = {
    "missing": ("缺少 {where}", "{where} is missing"),
    "short": ("{where} 不完整", "{where} is cut off"),
    "long": ("{where} 比应有的长", "{where} is longer than it should be"),
    "form": ("第 {where} 号的格式不对", "entry no. {where} has another form"),
    "leaf": ("第 {where} 号的内容与它的位置对不上", "entry no. {where} is not what its tile says"),
    "tile": ("{where} 与下面的内容对不上", "{where} is not made of what is below it"),
    "root": ("{where} 条记录的根与签名对不上", "the root over {where} entries is not the signed one"),
    "old": (
        "您保存的检查点（{where} 条）不在这本账里：历史被改过",
        "the checkpoint you kept ({where} entries) is not part of this log: its history was changed",
    ),
    "rollback": (
        "您保存的检查点有 {where} 条，现在反而更少：账被截短",
        "the checkpoint you kept has {where} entries, more than there are now: the log was cut",
    ),
}

KINDS: dict[str, tuple[str, str]] = {
    "need:opened": ("提出需求", "need opened"),
    "need:answered": ("有人接单", "need answered"),
    "need:escalated": ("需求升级", "need escalated"),
    "need:referred": ("需求转交", "need referred"),
    "need:dispatched": ("派单", "need dispatched"),
    "need:withdrawn": ("撤回需求", "need withdrawn"),
    "need:reopened": ("重新打开", "need reopened"),
    "need:closed": ("需求完成", "need closed"),
    "need:objection:made": ("派单异议", "objection to a dispatch"),
    "need:objection:settled": ("异议裁定", "objection settled"),
    "offer:made": ("邀请帮手", "offer made"),
    "offer:accepted": ("帮手接受", "offer accepted"),
    "offer:declined": ("帮手谢绝", "offer declined"),
    "offer:lapsed": ("邀请过期", "offer lapsed"),
    "visit:booked": ("约定上门", "visit booked"),
    "visit:checked_in": ("签到", "checked in"),
    "visit:checked_out": ("签退", "checked out"),
    "visit:claimed": ("自报时长", "minutes claimed"),
    "visit:confirmed": ("双方确认", "confirmed by both"),
    "visit:disputed": ("时长有争议", "disputed"),
    "visit:corrected": ("更正", "corrected"),
    "visit:settled": ("争议调定", "dispute settled"),
    "visit:cancelled": ("取消上门", "visit cancelled"),
    "visit:no_show": ("爽约", "no-show"),
    "ledger:account:opened": ("开立账户", "account opened"),
    "ledger:account:closed": ("关闭账户", "account closed"),
    "ledger:account:limited": ("调整账户限额", "limits of an account set"),
    "ledger:hold:opened": ("预留时间", "hold opened"),
    "ledger:hold:posted": ("时间入账", "hold posted"),
    "ledger:hold:voided": ("预留退回", "hold voided"),
    "ledger:hold:expired": ("预留到期", "hold expired"),
    "ledger:transfer:posted": ("转账入账", "transfer posted"),
    "ledger:transfer:reversed": ("转账冲正", "transfer reversed"),
    "rating:given": ("评价", "rating given"),
    "consent:granted": ("同意授权", "consent granted"),
    "consent:withdrawn": ("撤回授权", "consent withdrawn"),
    "person:registered": ("登记居民", "person registered"),
    "guardian:entered": ("登记家人", "family entered"),
    "guardian:ended": ("家人登记结束", "family ended"),
    "post:granted": ("任岗", "post granted"),
    "post:ended": ("离岗", "post ended"),
    "index:recast": ("指数按新算法重算", "index scored anew by a new method"),
    "warning:opened": ("预警", "warning opened"),
    "warning:planned": ("整改计划", "plan filed"),
    "warning:closed": ("预警解除", "warning closed"),
    "warning:shown": ("整改凭据已交", "proof of rectification handed in"),
    "warning:drawn": ("回访名单已抽出", "call-back drawn"),
    "warning:called": ("回访了一位", "one call-back made"),
    "warning:risen": ("预警升级", "warning went up a level"),
    "quarter:carried": ("带入以前的季度", "earlier quarters carried in"),
    "stars:graded": ("服务星级公示", "stars graded"),
    "stars:appealed": ("对星级提出申诉", "appeal against stars"),
    "stars:decided": ("星级申诉有了决定", "appeal against stars decided"),
    "stars:final": ("服务星级定了", "stars final"),
    "programme:loaded": ("报告的数载入", "figures of the report loaded"),
    "forecast:made": ("作了需求预测", "made a forecast of requests"),
    "programme:assigned": ("指定了目标由谁负责", "named who answers for a target"),
    "risk:raised": ("风险触发", "risk raised"),
    "risk:eased": ("风险回落", "risk eased"),
    "risk:decided": ("风险有了决定", "risk decided"),
    "facts:set:frozen": ("事实集封存", "fact set frozen"),
    "match:run": ("匹配了一批", "a batch of needs was matched"),
    "match:month": ("重演了上一个月的匹配", "a city's last month was matched again"),
    "trial:asked": ("提出政策试验", "policy trial asked for"),
    "trial:finished": ("政策试验跑完", "policy trial finished"),
    "trial:cancelled": ("政策试验停了", "policy trial called off"),
    "paper:published": ("白皮书发布", "white paper published"),
    "policy:loaded": ("政策更新", "policy loaded"),
    "policy:set": ("设定政策值", "policy value set"),
    "places:loaded": ("地名更新", "places loaded"),
    "places:divisions:loaded": ("导入行政区划", "divisions loaded"),
    "places:below:added": ("增设网格或楼栋", "grids or buildings added"),
    "places:points:located": ("标注坐标", "points located"),
    "places:place:renamed": ("地名变更", "place renamed"),
    "places:place:merged": ("地点合并", "place merged"),
    "places:place:region": ("划定区域类型", "kind of region set"),
}


def language_of(environment: dict[str, str]) -> int:
    """Return ZH where the locale variables, in the order of POSIX, name Chinese; else EN."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return ZH if environment[name].startswith("zh") else EN
    return EN


def say(table: dict[str, tuple[str, str]], word: str, language: int, **facts: object) -> str:
    """Return a sentence with its facts filled in."""
    return table[word][language].format(**facts)


def kind_of(kind: str, language: int) -> str:
    """Return the plain name of an event, or the event's own name where it is newer than this program."""
    return KINDS[kind][language] if kind in KINDS else kind
