"""Fragments of code where prose is expected: HTML that acts, SQL, shell commands."""

import re
from collections.abc import Iterable

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding

_FORMS = (
    ("html", "element that acts", 0.9, r"(?i)<\s?/?\s?(?:script|iframe|object|embed|form|svg|meta|base|style)\b[^>]{0,500}>"),
    (
        "html",
        "event handler or script address",
        0.9,
        r"(?i)<[a-z][^>]{0,300}\s(?:on[a-z]{3,20}\s?=|(?:src|href)\s?=\s?[\"']?\s?javascript:)[^>]{0,300}>?",
    ),
    ("html", "element", 0.5, r"(?i)</?(?:div|span|p|a|img|table|tr|td|ul|li|body|html|head|input|button)\b[^<>]{0,300}>"),
    ("sql", "statement that changes", 0.9, r"(?i)\b(?:drop|truncate|alter)\s{1,5}(?:table|database|schema|user)\s{1,5}[\w.\"`\[]{1,80}"),
    (
        "sql",
        "statement that changes",
        0.85,
        r"(?i)\b(?:insert\s{1,5}into\s{1,5}[\w.\"`]{1,80}\s{0,5}[(v]|delete\s{1,5}from\s{1,5}[\w.\"`]{1,80}\s{0,3}(?:where|;|$)|update\s{1,5}[\w.\"`]{1,80}\s{1,5}set\s{1,5}[\w.\"`]{1,80}\s{0,3}=)",
    ),
    (
        "sql",
        "query",
        0.7,
        r"(?i)\bselect\s{1,5}(?:\*|[\w., ()]{1,99}?)\s{1,5}from\s{1,5}[\w.\"`]{1,80}(?:\s{1,5}(?:where|join|order|group|limit)\b|\s{0,3};)",
    ),
    (
        "sql",
        "injected condition",
        0.9,
        r"(?i)(?:'|\")\s{0,3}(?:or|and)\s{1,3}(?:'?\d+'?\s?=\s?'?\d+|'[^']{0,20}'\s?=\s?'[^']{0,20})|\bunion\s{1,5}(?:all\s{1,5})?select\b",
    ),
    (
        "shell",
        "destructive command",
        0.9,
        r"\brm\s{1,3}-[a-zA-Z]{0,5}[rf][a-zA-Z]{0,5}\s{1,3}\S{1,200}|\bmkfs\.\w{1,10}|\bdd\s{1,3}if=\S{1,100}|:\(\)\s?\{\s?:\|:&\s?\};:",
    ),
    ("shell", "download into an interpreter", 0.95, r"\b(?:curl|wget)\b[^\n|]{1,300}\|\s?(?:sudo\s)?(?:ba|z|da)?sh\b"),
    ("shell", "reverse shell", 0.95, r"/dev/tcp/[\w.-]{1,100}/\d{1,5}|\bnc\b[^\n]{0,60}\s-e\s"),
    (
        "shell",
        "command substitution or chain",
        0.6,
        r"(?:;|&&|\|\|)\s{0,2}(?:cat|ls|wget|curl|chmod|chown|sudo|bash|sh|python3?|perl)\s{1,2}[-/~\w.]{1,200}",
    ),
)
_PATTERNS = tuple((label, rule, score, re.compile(pattern)) for label, rule, score, pattern in _FORMS)


class Code:
    """Labels: ``html``, ``sql``, ``shell``."""

    name = "code"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Fragments, each as far as its pattern reads."""
        for label, rule, score, pattern in _PATTERNS:
            for match in pattern.finditer(subject.read.text):
                yield Finding("code", label, *subject.read.original(*match.span()), score, rule)


CHECK = Code()
