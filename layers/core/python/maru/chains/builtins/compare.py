"""Answers of several models, judged pair by pair in both orders so that the place of an answer does not decide."""

from itertools import permutations
from typing import Any

from maru.chains.arguments import list_of
from maru.chains.builtins import RunFacts, builtin
from maru.errors import BadRequest

CRITERIA = ("accuracy", "brevity", "safety")
#: What each criterion counts: a short wrong answer is no good one.
_WEIGHTS = {"accuracy": 0.6, "brevity": 0.15, "safety": 0.25}
_MOST = 8


@builtin("compare.pairs", summary="Every pair of answers in both orders, without their models' names")
def pairs(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{answers: {name: text or error}}`` gives ``{pairs: [{first, second, first_text, second_text}], answers, failed}``.

    An error is ``{error, message}``; ``failed`` maps its model to the message. Empty answers count as failed too. Raises BadRequest where
    no model answered.
    """
    given = arguments.get("answers") or {}
    answers = {str(name): str(text) for name, text in given.items() if isinstance(text, str) and text.strip()}
    failed = {str(name): _cause(text) for name, text in given.items() if str(name) not in answers}
    if not answers:
        raise BadRequest(f"No model answered. {' '.join(f'{name}: {why}' for name, why in failed.items())}".strip(), param="answers")
    names = list(answers)[:_MOST]
    return {
        "answers": answers,
        "failed": failed,
        "pairs": [{"first": a, "second": b, "first_text": answers[a], "second_text": answers[b]} for a, b in permutations(names, 2)],
    }


def _cause(text: Any) -> str:
    return str(text["message"]) if isinstance(text, dict) and text.get("message") else "The answer is empty."


@builtin("compare.tally", summary="The best answer from pairwise marks in both orders, with the reasons and how far the orders agreed")
def tally(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{answers, pairs, marks}`` gives ``{best, answer, scores, reasons, agreement, undecided}``.

    ``marks[i]`` belongs to ``pairs[i]``: ``{first: {accuracy, brevity, safety}, second: {…}, reason}`` with marks of 1 to 5, or null where
    the judge failed. ``scores`` hold nulls where nobody judged. ``agreement`` is the share of pairs that both orders decide alike, null
    where no pair was judged in both.
    """
    answers = arguments.get("answers") or {}
    judged = [
        (pair, mark)
        for pair, mark in zip(list_of(arguments, "pairs"), list_of(arguments, "marks"), strict=False)
        if isinstance(mark, dict) and _complete(mark)
    ]
    scores = {name: _scores(name, judged) for name in answers}
    order = sorted(answers, key=lambda name: (-(scores[name]["total"] or 0), len(answers[name])))
    best = order[0] if order else None
    wins = _wins(judged)
    return {
        "best": best,
        "answer": answers[best] if best is not None else "",
        "scores": scores,
        "reasons": [str(mark["reason"]) for pair, mark in judged if best in {pair["first"], pair["second"]} and mark.get("reason")][:10],
        "agreement": _agreement(wins),
        "undecided": not judged or (len(order) > 1 and scores[order[0]]["total"] == scores[order[1]]["total"]),
    }


def _complete(mark: dict[str, Any]) -> bool:
    return all(
        isinstance(mark.get(side), dict) and all(isinstance(mark[side].get(name), int) and 1 <= mark[side][name] <= 5 for name in CRITERIA)
        for side in ("first", "second")
    )


def _scores(name: str, judged: list[tuple[Any, Any]]) -> dict[str, float | None]:
    """Mean marks of an answer, and their weighted sum as ``total``; null where nobody judged it."""
    mine = [mark[side] for pair, mark in judged for side in ("first", "second") if pair[side] == name]
    if not mine:
        return dict.fromkeys((*CRITERIA, "total"))
    means = {one: round(sum(mark[one] for mark in mine) / len(mine), 3) for one in CRITERIA}
    return means | {"total": round(sum(means[one] * weight for one, weight in _WEIGHTS.items()), 3)}


def _wins(judged: list[tuple[Any, Any]]) -> dict[tuple[str, str], str]:
    """Who won each ordered pair; ``""`` for a draw."""
    won: dict[tuple[str, str], str] = {}
    for pair, mark in judged:
        first, second = (sum(mark[side][one] * weight for one, weight in _WEIGHTS.items()) for side in ("first", "second"))
        won[pair["first"], pair["second"]] = "" if first == second else pair["first"] if first > second else pair["second"]
    return won


def _agreement(won: dict[tuple[str, str], str]) -> float | None:
    both = [(won[a, b], won[b, a]) for a, b in won if a < b and (b, a) in won]
    return round(sum(one == other for one, other in both) / len(both), 3) if both else None
