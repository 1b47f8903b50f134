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
    "certificate_ok": ("证明是真的：签名对得上，一个字也没有改动。", "The certificate is genuine: signed, and word for word as it was."),
    "certificate_bad": ("证明对不上：{why}", "The certificate does not hold: {why}"),
    "certificate_says": (
        "{volunteer}，{since} 到 {until}，上门 {visits} 次，共 {minutes} 分钟，{organiser}",
        "{volunteer}, {since} to {until}, {visits} visits, {minutes} minutes in all, {organiser}",
    ),
    "issuer": ("开具：{name}", "Issued by: {name}"),
    "status_not_asked": (
        "没有给作废名单（--status），是不是还有效不知道。",
        "No list of revoked ones was given (--status): whether it still stands is not known.",
    ),
    "revoked": ("这份证明已经作废。", "This certificate was revoked."),
    "stands": ("现在有效。", "It stands."),
    "witnessed": ("见证人 {name} 见过，并且是接着以前见过的长出来的：{at}", "Witness {name} saw it, grown out of what it saw before: {at}"),
    "too_few": ("见证人只签了 {count} 位，要 {least} 位", "Only {count} witnesses signed, {least} are asked for"),
    "witness_is": (
        "见证人替大家记住总账的最新一页：只有接着原来长出来的，才肯签名。谁改了旧账，两位见证人一对就看得出来。",
        "A witness remembers a log's newest page and signs the next only where it grew out of that. Who rewrites the past is caught when two compare.",
    ),
    "no_logs": ("还没有要看的总账", "No log is watched yet"),
    "forked": ("这本总账讲了两种历史", "This log told two histories"),
    "witness_made": ("见证人好了，公钥：{vkey}", "The witness is made; its key: {vkey}"),
    "witness_is_there": ("{name} 里已经有一位见证人", "There is a witness in {name} already"),
    "watched": ("开始看 {name}", "{name} is watched from now on"),
    "witness_saw": ("{name}：{size} 条，接得上", "{name}: {size} entries, grown out of what was seen"),
    "witness_forked": (
        "{name} 讲了两种历史！证据在 {file}。请不要删，交给社区以外的人看。",
        "{name} told two histories! What shows it is in {file}. Keep it, and give it to somebody outside.",
    ),
    "witness_bad": ("{name} 的签名不对", "What {name} shows is not signed by its key"),
    "witness_away": ("{name} 现在读不到", "{name} cannot be read now"),
    "witness_serves": ("见证人在 {name}", "The witness answers at {name}"),
    "peer_agrees": ("和 {name} 见到的是同一本", "{name} saw the same log"),
    "peer_away": ("{name} 现在问不到", "{name} cannot be asked now"),
    "peer_bad": ("{name} 给的不是这本总账签的", "What {name} hands out is not signed by the log"),
    "fork_shown": (
        "证据成立：{name} 给 {size} 条的总账签过两个不同的根。",
        "It is shown: {name} signed two different roots for {size} entries.",
    ),
    "fork_needs_log": (
        "两页都是 {name} 签的（{one} 条和 {two} 条）；要判断是不是接得上，得看总账本身。",
        "Both are signed by {name} ({one} and {two} entries); whether one grew into the other takes the log itself to tell.",
    ),
    "fork_bad": ("这不是一份分叉证据，或者不是这把公钥签的", "This shows no fork, or is not signed by this key"),
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

CERTIFICATE_FLAWS: dict[str, tuple[str, str]] = {
    "form": ("这不是一份完整的证明。", "this is no whole certificate."),
    "issuer": ("不是这把钥匙的主人开的。", "it was not issued by the owner of this key."),
    "key": ("给出的钥匙不对。", "the key given is none."),
    "signature": ("签名对不上，内容被改过。", "the signature does not hold: the content was changed."),
    "status": ("作废名单不完整，或者不是这份证明的。", "the list of revoked ones is damaged, or not that of this certificate."),
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
    "visit:waiting": ("答应了，等另一位", "said yes, waits for the other"),
    "visit:released": ("没有另一位，不用去了", "let go without the other"),
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
    "thing:entered": ("登记一样可借的东西", "thing entered"),
    "thing:retired": ("东西不再出借", "thing retired"),
    "thing:blacked_out": ("东西停用一段时间", "thing out of use"),
    "thing:restored": ("东西恢复出借", "thing back in use"),
    "alliance:formed": ("社区联盟成立", "alliance formed"),
    "alliance:joined": ("社区加入联盟", "community joined an alliance"),
    "alliance:left": ("社区退出联盟", "community left an alliance"),
    "booking:asked": ("申请借用", "booking asked"),
    "booking:offered": ("留出一件", "unit held"),
    "booking:booked": ("借用约定", "booked"),
    "booking:released": ("改找别的", "looking for another"),
    "booking:handed_out": ("取走", "handed out"),
    "booking:overdue": ("逾期未还", "overdue"),
    "booking:returned": ("归还", "returned"),
    "booking:cancelled": ("取消借用", "booking cancelled"),
    "booking:refused": ("没有借成", "booking refused"),
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
    "certificate:issued": ("开了一份服务证明", "a certificate of service was issued"),
    "certificate:revoked": ("一份服务证明作废", "a certificate of service was revoked"),
    "witness:named": ("请了一位见证人", "a witness was named"),
    "witness:dropped": ("不再请某位见证人", "a witness is asked no more"),
    "witness:watched": ("开始见证另一本总账", "we began to witness another log"),
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
