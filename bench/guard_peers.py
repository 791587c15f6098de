"""The guard beside Presidio and LLM Guard in one run: processor time, personal data found, secrets found.

    python -m bench.guard_peers [--write]

Both are installed into a folder of their own (``MARU_GUARDS``, default ``.cache/guards``); what is there already is used. Of them runs what
needs no model hub: Presidio with its patterns and checksums, and with spaCy's ``en_core_web_lg`` for names where ``spacy download``
reaches it; of LLM Guard the scanner of secrets, which is code. Its scanners of injection, toxicity, personal data, topics and gibberish
each load a transformer from a hub; the 267 to 476 ms of processor time that are known of them were measured where one is reachable.
"""

import json
import os
import random
import string
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.guard import texts
from bench.pii import KINDS, Span, found_in, joined, merged, rows, same
from bench.report import ROOT, report
from maru.guard.check import Subject
from maru.guard.registry import built_in

_FOLDER = Path(os.environ.get("MARU_GUARDS", ROOT / ".cache" / "guards"))
_DRIVER = Path(__file__).with_name("guard_peers_driver.py")
#: Kinds that a pattern can find, as all sides try.
_PATTERNS = frozenset({"CREDIT_CARD", "EMAIL", "IBAN", "IP_ADDRESS", "PHONE", "SSN", "URL"})
_SECRETS = 40


def main() -> None:
    """Print the table."""
    odd = [row for row in rows() if row["template_id"] % 2 == 1]
    plain, secrets = texts("xquad_en"), _secret_texts()
    told = _peers({"texts": plain, "rows": [row["full_text"] for row in odd], "secrets": secrets})
    presidio, llm_guard = told["presidio"], told["llm_guard"]
    theirs = [_kinds(row["full_text"], spans) for row, spans in zip(odd, presidio["spans"], strict=True)]
    ours = [found_in(row["full_text"]) for row in odd]
    gold = [merged(row["full_text"], row["spans"]) for row in odd]
    lines = [
        ("personal data: ms of processor time, 500 characters", f"{_spent('pii', plain):.2f}", f"{presidio['ms']:.2f}", ""),
        ("F2 of identifiers, odd templates of presidio_research", _f2(ours, gold, _PATTERNS), _f2(theirs, gold, _PATTERNS), ""),
        (f"F2 of all kinds ({presidio['names']})", _f2(ours, gold), _f2(theirs, gold), ""),
        ("secrets: ms of processor time, 500 characters", f"{_spent('secrets', plain):.2f}", "", f"{llm_guard['ms']:.2f}"),
        (f"secrets found of {len(secrets)}", sum(map(_secret, secrets)), "", llm_guard["found"]),
        ("harmless texts in which secrets are found", sum(map(_secret, plain)), "", llm_guard["wrong"]),
    ]
    versions = told["versions"]
    report("guard_peers", ("", "Maru", f"Presidio {versions['presidio-analyzer']}", f"LLM Guard {versions['llm-guard']}"), lines)


def _peers(asked: dict[str, Any]) -> dict[str, Any]:
    python = _FOLDER / "bin" / "python"
    if not python.exists():
        _FOLDER.parent.mkdir(parents=True, exist_ok=True)
        _run(sys.executable, "-m", "venv", str(_FOLDER))
        _run(str(python), "-m", "pip", "install", "--quiet", "presidio-analyzer", "presidio-anonymizer", "bc-detect-secrets", "structlog")
        # With what it names it would bring gigabytes for models that it cannot load here.
        _run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python", "llm-guard")
        subprocess.run([str(python), "-m", "spacy", "download", "en_core_web_lg"], check=False, capture_output=True, timeout=900)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(python), str(_DRIVER)], input=json.dumps(asked), capture_output=True, text=True, env=environment, check=False, timeout=1800
    )
    if done.returncode != 0:
        sys.exit(f"guard_peers: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"guard_peers: {command[0]} failed: {done.stderr.strip()[-300:]}")


def _kinds(text: str, spans: Sequence[Sequence[Any]]) -> list[Span]:
    return joined(text, [(KINDS[kind], start, end) for kind, start, end in spans if kind in KINDS])


def _f2(found: list[list[Span]], gold: list[list[Span]], kinds: frozenset[str] | None = None) -> float:
    counts = Counter[str]()
    for got, wanted in zip(found, gold, strict=True):
        mine = [one for one in got if kinds is None or one[0] in kinds]
        theirs = [one for one in wanted if kinds is None or one[0] in kinds]
        counts.update(told=len(mine), gold=len(theirs), hit=sum(any(same(one, other) for other in mine) for one in theirs))
    precision, recall = counts["hit"] / max(1, counts["told"]), counts["hit"] / max(1, counts["gold"])
    return 5 * precision * recall / max(1e-9, 4 * precision + recall)


def _spent(check: str, some: list[str]) -> float:
    """Milliseconds of processor time for one text, the reading without disguises included."""
    one: Any = built_in(check)
    spent = 0.0
    for _ in range(2):
        began = time.process_time()
        for text in some:
            list(one.find(Subject(text, "input")))
        spent = time.process_time() - began
    return spent * 1000 / len(some)


def _secret(text: str) -> bool:
    check: Any = built_in("secrets")
    return any(one.score >= 0.5 for one in check.find(Subject(text, "input")))


def _secret_texts() -> list[str]:
    """Keys in the forms of eight issuers, in a sentence."""
    chance = random.Random(3)

    def drawn(count: int, signs: str = string.ascii_letters + string.digits) -> str:
        return "".join(chance.choice(signs) for _ in range(count))

    forms = (
        lambda: "AKIA" + drawn(16, string.ascii_uppercase + string.digits),
        lambda: "ghp_" + drawn(36),
        lambda: f"xoxb-{drawn(12, string.digits)}-{drawn(12, string.digits)}-{drawn(24)}",
        lambda: "sk_live_" + drawn(24),
        lambda: "AIza" + drawn(35),
        lambda: "sk-proj-" + drawn(48),
        lambda: f"eyJ{drawn(20)}.eyJ{drawn(40)}.{drawn(43)}",
        lambda: f"-----BEGIN RSA PRIVATE KEY-----\n{drawn(64)}\n{drawn(64)}\n-----END RSA PRIVATE KEY-----",
    )
    return [f"Please check why this does not work: {forms[number % len(forms)]()} thanks" for number in range(_SECRETS)]


if __name__ == "__main__":
    main()
