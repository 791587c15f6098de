"""The chains that Maru ships: readable, complete in what they name, and compiled."""

import pytest

from maru.chains import structure
from maru.chains.compiler import Worker, compile_program
from maru.chains.document import all_steps
from maru.chains.kinds import Model, Retrieve, Tool
from maru.chains.known import Known
from maru.chains.store import load
from maru.models import Catalogue
from maru.prompts import shipped

NAMES = {"answer_checked", "triage", "support", "document_digest", "compare", "code_review"}
PROMPTS = {prompt.name: prompt.template for prompt in shipped.load("catalogue")}
MODELS = Catalogue.load("catalogue/models.yaml", {"LOCAL_URL": "http://127.0.0.1:1/v1"})


def _model(alias: str) -> str | None:
    return None if MODELS.get(alias) else f"there is no chat model '{alias}'"


def _prompt(reference: str) -> str | None:
    return None if reference.partition("@")[0] in PROMPTS else f"there is no prompt '{reference}'"


CHAINS = load("catalogue", Known(model=_model, prompt=_prompt, hosts_unknown=True))


def test_all_six_are_there() -> None:
    assert CHAINS.keys() >= NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_chain_compiles_and_stays_small(name: str) -> None:
    definition = structure.demand(
        compile_program(CHAINS[name], Worker("arn:aws:lambda:ap-northeast-2:123456789012:function:step:live", "aws"))
    )
    assert len(definition.encode()) < 500_000
    assert CHAINS[name].chain.labels == ("live",)
    assert CHAINS[name].chain.cost_cap_usd


@pytest.mark.parametrize("name", sorted(NAMES))
def test_prompts_get_the_variables_that_they_ask_for(name: str) -> None:
    for step in all_steps(CHAINS[name].chain.steps):
        if isinstance(step, Model) and step.prompt:
            template = PROMPTS[step.prompt.partition("@")[0]]
            required = {one for one, variable in template.variables.items() if variable.required and variable.default is None}
            assert required <= step.variables.keys() <= template.variables.keys(), step.id


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_asks_a_model_in_one_language_asks_it_in_the_other(name: str) -> None:
    prompts = {step.prompt for step in all_steps(CHAINS[name].chain.steps) if isinstance(step, Model) and step.prompt}
    assert {one.replace("-ko@", "-en@") for one in prompts if "-ko@" in one} == {one for one in prompts if "-en@" in one}


def test_the_answering_chains_search_and_the_deciding_ones_are_checked() -> None:
    kinds = {name: {type(step) for step in all_steps(CHAINS[name].chain.steps)} for name in NAMES}
    assert Retrieve in kinds["answer_checked"] & kinds["triage"] & kinds["support"]
    assert all(Tool in one for one in kinds.values())
