"""Scenarios: a prompt tried on written inputs, several times each, against what its answers must hold."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from maru.exact import Exact
from maru.knowledge.cite.words import hangul_share

#: Calls of a model that one trial may make, and how many at a time.
MOST_CALLS = 200
_AT_ONCE = 4
_KOREAN = 0.2  # share of Hangul among the letters, as agents tell languages

type Text = Annotated[str, Field(min_length=1, max_length=2_000)]
type Ask = Callable[[dict[str, Any]], Awaitable[str]]


class Assertion(Exact):
    """One thing that an answer must hold; exactly one field is given. Texts are compared without regard to case."""

    contains: Text | None = None
    not_contains: Text | None = None
    contains_any: Annotated[list[Text], Field(min_length=1, max_length=50)] | None = None
    equals: Text | None = None
    starts_with: Text | None = None
    ends_with: Text | None = None
    max_characters: Annotated[int, Field(ge=1)] | None = None
    max_words: Annotated[int, Field(ge=1)] | None = None
    language: Literal["ko", "en"] | None = None
    #: Keys that the answer, a JSON object, must have.
    json_keys: Annotated[list[Text], Field(max_length=50)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Assertion":
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of: " + ", ".join(type(self).model_fields))
        return self

    def holds(self, answer: str) -> bool:
        """Whether the answer is as it must be."""
        (name,) = self.model_fields_set
        return _CHECKS[name](answer.strip(), getattr(self, name))


class Case(Exact):
    """Values of the prompt's variables, and what its answer must hold."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    variables: dict[str, Any] = Field(default={})
    assertions: Annotated[list[Assertion], Field(min_length=1, max_length=50)]


class Scenario(Exact):
    """A scenario file: cases, each asked ``repetitions`` times."""

    cases: Annotated[list[Case], Field(min_length=1, max_length=100)]
    repetitions: Annotated[int, Field(ge=1, le=50)] = 3

    @model_validator(mode="after")
    def _bounded(self) -> "Scenario":
        if len(self.cases) * self.repetitions > MOST_CALLS:
            raise ValueError(f"asks {len(self.cases) * self.repetitions} times; one trial may ask {MOST_CALLS} times: split it")
        return self


async def run(scenario: Scenario, ask: Ask) -> dict[str, Any]:
    """The report: ``agreement_rate`` is the share of answers for which every assertion held, in all and by case.

    ``consistency`` is the share of a case's answers that came out as most of them did: 1 for a prompt that always passes or always
    fails. Raises what asking raises, cancelling what is still under way.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def answer(case: Case) -> str:
        async with gate:
            return await ask(case.variables)

    tasks: list[list[asyncio.Task[str]]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [[group.create_task(answer(case)) for _ in range(scenario.repetitions)] for case in scenario.cases]
    except ExceptionGroup as failed:  # the first failure is the caller's answer; the group has cancelled the rest
        raise failed.exceptions[0] from None
    cases = [_judged(case, [task.result() for task in row]) for case, row in zip(scenario.cases, tasks, strict=True)]
    return {
        "answers": len(cases) * scenario.repetitions,
        "agreement_rate": _mean([case["agreement_rate"] for case in cases]),
        "consistency": _mean([case["consistency"] for case in cases]),
        "cases": cases,
    }


def _judged(case: Case, answers: list[str]) -> dict[str, Any]:
    verdicts = [tuple(assertion.holds(answer) for assertion in case.assertions) for answer in answers]
    failed = [
        {
            "assertion": assertion.model_dump(exclude_unset=True),
            "times": sum(not verdict[number] for verdict in verdicts),
            "answer": next(answer for answer, verdict in zip(answers, verdicts, strict=True) if not verdict[number]),
        }
        for number, assertion in enumerate(case.assertions)
        if not all(verdict[number] for verdict in verdicts)
    ]
    return {
        "name": case.name,
        "agreement_rate": _mean([float(all(verdict)) for verdict in verdicts]),
        "consistency": round(Counter(verdicts).most_common(1)[0][1] / len(verdicts), 4),
        "failed": failed,
    }


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)


def _json_keys(answer: str, keys: list[str]) -> bool:
    try:
        found = json.loads(answer)
    except ValueError:
        return False
    return isinstance(found, dict) and all(key in found for key in keys)


def _language(answer: str, wanted: str) -> bool:
    return (hangul_share(answer) >= _KOREAN) == (wanted == "ko")


_CHECKS: dict[str, Callable[[str, Any], bool]] = {
    "contains": lambda answer, text: text.casefold() in answer.casefold(),
    "not_contains": lambda answer, text: text.casefold() not in answer.casefold(),
    "contains_any": lambda answer, texts: any(text.casefold() in answer.casefold() for text in texts),
    "equals": lambda answer, text: answer.casefold() == text.strip().casefold(),
    "starts_with": lambda answer, text: answer.casefold().startswith(text.casefold()),
    "ends_with": lambda answer, text: answer.casefold().endswith(text.casefold()),
    "max_characters": lambda answer, most: len(answer) <= most,
    "max_words": lambda answer, most: len(answer.split()) <= most,
    "language": _language,
    "json_keys": _json_keys,
}
