"""What a hosting customer wants: the intent of a message, what its form needs, and the release of what an agent approved."""

import re
from functools import cache
from typing import Any

from maru.chains.arguments import text_of
from maru.chains.builtins import RunFacts, builtin
from maru.chains.triage.alerts import language_of
from maru.chains.triage.tables import yaml_beside
from maru.errors import BadRequest

#: Intents whose fulfilment moves money or deletes something: a person decides.
SENSITIVE = frozenset({"refund", "payment_change", "cancellation", "data_deletion"})


@builtin("support.intent", summary="What a customer's message is about, by its words: payment, refund, domain, SSL, database, FTP and more")
def intent(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{message, suggested?}`` gives ``{intent, confidence, sensitive, language, query, words}``.

    ``suggested`` is a model's choice; it counts where the words decide nothing, and never makes a sensitive intent an ordinary one.
    """
    message = text_of(arguments, "message", most=50_000)
    hits = {name: found for name, row in intents().items() if (found := sorted({one.lower() for one in row["pattern"].findall(message)}))}
    scores = {name: len(found) * intents()[name]["weight"] for name, found in hits.items()}
    best = max(scores, key=lambda name: scores[name], default="other")
    suggested = arguments.get("suggested")
    if best == "other" and suggested in intents():
        best = str(suggested)
    # Refunds and deletions count wherever they are asked for: what else the message says does not make them harmless.
    sensitive = sorted(SENSITIVE & (hits.keys() | {best}))
    total = sum(scores.values())
    return {
        "intent": best,
        "confidence": round(scores.get(best, 0) / total, 3) if total else 0.0,
        "sensitive": bool(sensitive),
        "sensitive_intents": sensitive,
        "language": language_of(message),
        "query": f"{intents()[best]['query'] if best in intents() else ''} {message[:600]}".strip(),
        "words": {name: found[:10] for name, found in hits.items()},
    }


@builtin("support.form", summary="The form of an intent filled from a message, and what is missing in it")
def form(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{message, intent}`` gives ``{form: {field: value}, missing: [field]}``; every value stands in the message as it is."""
    message, wanted = text_of(arguments, "message", most=50_000), str(arguments.get("intent"))
    fields = intents()[wanted]["form"] if wanted in intents() else []
    filled = {name: value for name in fields if (value := _value(name, message))}
    return {"form": filled, "missing": [name for name in fields if name not in filled]}


@builtin("support.release", summary="Hands an approved refund, cancellation or deletion on, exactly as it was approved", acts=True)
def release(arguments: dict[str, Any], run: RunFacts) -> dict[str, Any]:
    """``{intent, form, message}`` gives it with the run that released it; whoever reads the run's output carries it out."""
    if arguments.get("intent") not in SENSITIVE:
        raise BadRequest(f"'intent' must be one of: {', '.join(sorted(SENSITIVE))}.", param="intent")
    return {"action": arguments["intent"], "form": arguments.get("form") or {}, "released_by_run": run.run_id}


@cache
def intents() -> dict[str, dict[str, Any]]:
    """Intents by name: ``pattern``, ``weight``, ``form`` (its fields), ``query`` (what to look for in policies)."""
    table: dict[str, dict[str, Any]] = yaml_beside(__file__, "support")["intents"]
    return {name: {**row, "pattern": re.compile("|".join(row["words"]), re.IGNORECASE)} for name, row in table.items()}


def _value(name: str, message: str) -> str:
    found = _fields()[name].search(message)
    if found is None:
        return ""
    return (found[1] if found.groups() else found[0]).strip()


@cache
def _fields() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in yaml_beside(__file__, "support")["fields"].items()}
