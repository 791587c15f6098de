"""Secrets: keys and tokens whose issuers gave them a form of their own."""

import re
from collections.abc import Iterable, Iterator

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding, without_overlaps
from maru.guard.pii.recogniser import Recogniser, always, found_by

_SURE = always(0.95)
_END = r"(?![A-Za-z0-9_-])"
_START = r"(?<![A-Za-z0-9_-])"

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
    (
        "private key",
        "-BEGIN",
        r"-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----[A-Za-z0-9+/=\s]{0,8000}(?:-----END (?:[A-Z]+ ){0,3}PRIVATE KEY-----)?",
    ),
)
_ASSIGNED = (
    r"(?i)(?:pass(?:word|wd|phrase)|secret|token|api[_ -]?key|비밀번호|암호|비번)\s{0,3}(?:is|[:=]|은|는)\s{0,3}[\"'`]?"
    r"(?P<value>(?=[^\s\"'`]*\d)(?=[^\s\"'`]*[A-Za-z])[^\s\"'`,;]{8,100})"
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
