"""Compiled machines: accepted by two judges that are not ours, of the shape that carries references alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from maru.chains import history, structure
from maru.chains.compiler import Worker, compile_program
from maru.chains.history import LIMIT
from maru.chains.loading import ChainInvalid
from maru.chains.program import Program
from maru.chains.store import load
from tests.unit.chains.samples import EVERYTHING, OTHER, chain, linked
from tests.unit.chains.validators import refused_by_cfn_lint, refused_by_moto

_WORKER = Worker("arn:aws:lambda:ap-northeast-2:000000000000:function:step:live")
_PROGRAMS = {
    "everything": linked(EVERYTHING),
    "everything, its items apart": linked(EVERYTHING.replace("max_items: 100", "max_items: 5000")),
    "other": Program.link(chain(OTHER), lambda _: chain(OTHER)),
    **{f"shipped {name}": program for name, program in load("catalogue").items()},
}


@pytest.mark.parametrize("name", _PROGRAMS)
def test_every_definition_is_accepted_by_cfn_lint_by_moto_and_by_us(name: str) -> None:
    definition = compile_program(_PROGRAMS[name], _WORKER)
    structure.demand(definition)
    assert refused_by_cfn_lint(definition) == []
    assert refused_by_moto(definition) == []


def test_the_judges_refuse_what_is_wrong() -> None:
    wrong: dict[str, Any] = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Tusk", "End": True}}}
    assert refused_by_cfn_lint(wrong)
    assert refused_by_moto(wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.update(StartAt="nobody"), "StartAt"),
        (lambda one: one["States"]["note"].update(Next="nobody"), "nobody"),
        (lambda one: one["States"].update(lonely={"Type": "Succeed"}), "cannot be reached"),
        (lambda one: one["States"]["note"].update(End=True), "either"),
        (lambda one: one["States"].update({"x" * 81: {"Type": "Succeed"}}), "80 characters"),
        (lambda one: one["States"]["note"]["Catch"].append({"ErrorEquals": ["Throttled"], "Next": "Failed"}), "States.ALL"),
        (lambda one: one.update(Comment="x" * 1_000_001), "bytes"),
    ],
)
def test_a_broken_definition_is_never_given_away(change: Any, said: str) -> None:
    definition = compile_program(_PROGRAMS["everything"], _WORKER)
    change(definition)
    with pytest.raises(structure.DefinitionInvalid, match=said):
        structure.demand(definition)


def test_machines_invoke_the_worker_and_nothing_else() -> None:
    text = json.dumps(compile_program(_PROGRAMS["everything"], _WORKER))
    assert set(re.findall(r'"Resource": "([^"]*)"', text)) == {
        "arn:aws:states:::lambda:invoke",
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
    }
    assert set(re.findall(r'"FunctionName": "([^"]*)"', text)) == {_WORKER.function_arn}
    assert "say:" not in text, "what a step does is no part of the definition"


def test_retries_have_backoff_jitter_and_classes() -> None:
    state = compile_program(linked(EVERYTHING), _WORKER)["States"]["note"]
    passing, crashes = state["Retry"]
    assert "Throttled" in passing["ErrorEquals"]
    assert "SchemaUnmet" not in passing["ErrorEquals"]
    assert "Lambda.Unknown" in crashes["ErrorEquals"]
    assert {one["JitterStrategy"] for one in (passing, crashes)} == {"FULL"}
    assert all(one["BackoffRate"] > 1 for one in (passing, crashes))


def test_maps_that_would_fill_the_history_run_apart() -> None:
    small, large = linked(EVERYTHING), linked(EVERYTHING.replace("max_items: 100", "max_items: 5000"))
    assert history.plan(small).apart == frozenset()
    assert history.plan(large).apart == {"each"}
    assert history.plan(large).events <= LIMIT
    state = compile_program(large, _WORKER)["States"]["each#"]
    assert state["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def test_maps_within_items_that_run_apart_run_apart_as_well() -> None:
    inner = "{id: inner, type: map, items: [1], max_items: 10000, steps: [{id: a, type: transform, value: 1}]}"
    program = Program(chain(f"chain: deep\nsteps:\n  - {{id: outer, type: map, items: [1], max_items: 2, steps: [{inner}]}}\n"))
    assert history.plan(program).apart == {"outer", "inner"}
    definition = compile_program(program, _WORKER)
    structure.demand(definition)
    assert refused_by_cfn_lint(definition) == []
    assert refused_by_moto(definition) == []
    outer = definition["States"]["outer#"]["ItemProcessor"]
    assert outer["States"]["inner#"]["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"


def test_a_chain_that_never_fits_is_refused() -> None:
    steps = "\n".join(f"  - {{id: s{number}, type: parallel, branches: {{{_branches(number)}}}}}" for number in range(60))
    with pytest.raises(ChainInvalid, match="divide the chain"):
        history.plan(Program(chain(f"chain: huge\nsteps:\n{steps}\n")))


def _branches(number: int) -> str:
    return ", ".join(f"b{branch}: [{{id: t{number}_{branch}, type: transform, value: 1}}]" for branch in range(20))


def test_the_readmes_example_is_a_chain() -> None:
    text = Path("catalogue/chains/README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    assert chain(example[1]).chain == "answer"
