"""Secrets: keys and tokens whose issuers gave them a form of their own."""

import re
from collections.abc import Iterable, Iterator

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding, without_overlaps
from maru.guard.pii.recogniser import Recogniser, always, found_by

_SURE = always(0.95)
_END = r"(?![A-Za-z0-9_-])"
_START = r"(?<![A-Za-z0-9_-])"

#: Tokens that their issuers begin with a mark of their own, and what follows it at least.
_MARKS = (
    r"npm_[A-Za-z0-9]{30,99}",
    r"pypi-AgE[\w-]{16,300}",
    r"hf_[A-Za-z0-9]{30,99}",
    r"gl(?:pat|rt|dt|soat)-[\w-]{18,99}",
    r"do[opr]_v1_[0-9a-f]{64}",
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    r"sq0(?:atp|csp)-[\w-]{22,99}",
    r"hv[sbr]\.[\w-]{24,300}",
    r"dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,99}",
    r"dapi[0-9a-f]{32}",
    r"xai-[A-Za-z0-9]{40,99}",
    r"gsk_[A-Za-z0-9]{40,99}",
    r"ya29\.[\w-]{20,500}",
    r"lin_api_[A-Za-z0-9]{32,99}",
    r"figd_[\w-]{30,99}",
    r"SG\.[\w-]{16,32}\.[\w-]{16,64}",
    r"SK[0-9a-f]{32}",
    r"key-[0-9a-f]{32}",
    r"ntn_[A-Za-z0-9]{40,99}",
    r"r8_[A-Za-z0-9]{30,99}",
    r"pplx-[A-Za-z0-9]{40,99}",
    r"nvapi-[\w-]{40,99}",
    r"whsec_[A-Za-z0-9+/]{24,99}",
    r"glsa_[A-Za-z0-9_]{32,99}",
    r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    r"sb(?:p_[0-9a-f]{40}|_secret_[\w-]{20,99})",
    r"tvly-[A-Za-z0-9-]{20,99}",
    r"sntry[su]_[\w+/=-]{40,300}",
    r"dckr_(?:pat|oat)_[\w-]{24,99}",
    r"AT(?:ATT|CTT|BBT)3x[\w=-]{60,300}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
    r"LTAI[A-Za-z0-9]{12,26}",
    r"AKID[A-Za-z0-9]{32}",
    r"GOCSPX-[\w-]{28}",
    r"1//0[\w-]{40,200}",
    r"pul-[0-9a-f]{40}",
    r"nfp_[A-Za-z0-9]{36,99}",
    r"ph[cx]_[A-Za-z0-9]{40,99}",
    r"NRAK-[A-Z0-9]{27}",
    r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    r"jina_[A-Za-z0-9_-]{50,99}",
    r"tskey-[a-z]{3,9}-[\w-]{20,99}",
    r"glc_eyJ[\w+/=-]{40,400}",
    r"xapp-\d-[A-Z0-9]{8,14}-\d{8,14}-[0-9a-f]{40,99}",
    r"pcsk_[A-Za-z0-9_]{50,99}",
    r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}",
    r"(?:sk|pk)\.eyJ[\w-]{40,200}\.[\w-]{16,40}",
    r"ops_eyJ[\w+/=-]{100,999}",
    r"[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}",
    r"\d{8,10}:AA[\w-]{30,35}",
)

#: Rule, characters that every match has, pattern; forms as their issuers document them.
_FORMS = (
    ("AWS access key id", "AI", rf"{_START}(?:AKIA|ASIA)[A-Z0-9]{{16}}{_END}"),
    ("Google API key", "AIza", rf"{_START}AIza[A-Za-z0-9_-]{{35}}{_END}"),
    ("GitHub token", "gh_", rf"{_START}(?:gh[pousr]_[A-Za-z0-9]{{36,255}}|github_pat_[A-Za-z0-9_]{{22,255}}){_END}"),
    ("Slack token", "xo-", rf"{_START}xox[abeoprs]-[A-Za-z0-9-]{{10,250}}{_END}"),
    ("Stripe key", "k_", rf"{_START}[rs]k_(?:live|test)_[A-Za-z0-9]{{10,99}}{_END}"),
    ("OpenAI or Anthropic key", "sk-", rf"{_START}sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{{20,200}}{_END}"),
    ("Maru key", "mk_", rf"{_START}mk_[0-9a-f]{{16}}_[A-Za-z0-9_-]{{43}}{_END}"),
    ("JSON web token", "eyJ.", rf"{_START}eyJ[A-Za-z0-9_-]{{8,2000}}\.eyJ[A-Za-z0-9_-]{{8,4000}}\.[A-Za-z0-9_-]{{10,1000}}{_END}"),
    ("token with its issuer's mark", "", rf"(?=[A-Za-z0-9]){_START}(?:{'|'.join(_MARKS)}){_END}"),
    ("Slack webhook", "hoks.lac/", r"hooks\.slack\.com/(?:services|workflows)/(?P<value>[A-Z0-9]{6,14}/[A-Z0-9]{6,14}/[A-Za-z0-9]{16,40})"),
    ("Azure storage key", "AccountKey==", r"AccountKey=(?P<value>[A-Za-z0-9+/]{86}==)"),
    (
        "private key",
        "-BEGIN",
        r"-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----[A-Za-z0-9+/=\s]{0,8000}(?:-----END (?:[A-Z]+ ){0,3}PRIVATE KEY-----)?",
    ),
)
#: What is named by whoever tells it.
NAMED = (
    r"(?:pass(?:word|wd|phrase)|secret(?:[_ -]?(?:access[_ -]?)?key)?|token|"
    r"(?:api|account|private|encryption|signing|access)[_ -]?key|"
    r"비밀번호|암호|비번|(?:api|액세스|시크릿|인증|비밀)[ ]?키|토큰)"
)
_ASSIGNED = (
    rf"(?i){NAMED}\s{{0,3}}(?:is|[:=]|은|는)\s{{0,3}}[\"'`]?"
    r"(?P<value>(?!\$\{)(?=[^\s\"'`]*\d)(?=[^\s\"'`]*[A-Za-z])[^\s\"'`,;]{8,100})"
)

#: Shorter ones only behind a sign of assignment, and with letters and digits.
_SET = (
    r"(?i)(?:pass(?:word|wd|phrase)|비밀번호|암호|비번)\s{0,3}[:=]\s{0,3}[\"'`]?"
    r"(?P<value>(?=[^\s\"'`]*\d)(?=[^\s\"'`]*[A-Za-z])[^\s\"'`,;]{4,7})(?![^\s\"'`,;])"
)

RECOGNISERS = (
    *(Recogniser("secrets", "SECRET", rule, re.compile(pattern), _SURE, signs=signs) for rule, signs, pattern in _FORMS),
    Recogniser(
        "secrets",
        "SECRET",
        "AWS secret key",
        re.compile(rf"{_START}[A-Za-z0-9/+]{{40}}(?![A-Za-z0-9/+=])"),
        always(0.5),
        re.compile(r"aws|secret", re.IGNORECASE),
        0.9,
        needs_context=True,
    ),
    Recogniser("secrets", "SECRET", "a password that is named", re.compile(_ASSIGNED), always(0.7), digits=1),
    Recogniser("secrets", "SECRET", "a short password that is set", re.compile(_SET), always(0.6), digits=1),
)


class Secrets:
    """The check of secrets."""

    name = "secrets"
    unit: Unit = "span"
    #: A short text takes it microseconds: the engine does not begin a thread for that.
    quick = True

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Secrets of every form, the canary of the system prompt among them, without overlaps."""
        return without_overlaps([*_canary(subject), *found_by(RECOGNISERS, subject.read)])


def _canary(subject: Subject) -> Iterator[Finding]:
    """Where the system prompt is told: its canary stands in nothing else."""
    if canary := subject.facts.get("canary"):
        for match in re.finditer(re.escape(canary), subject.read.text, re.IGNORECASE):
            yield Finding("secrets", "CANARY", *subject.read.original(*match.span()), 1.0, "canary of the system prompt")


CHECK = Secrets()
