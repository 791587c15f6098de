"""The step function as it is wired at a cold start."""

import io

from functions.step.handler import build
from functions.step.settings import Settings
from maru.prompts.store import PromptStore
from maru.telemetry import Telemetry
from tests.conftest import MakeTable


def test_a_cold_start_publishes_the_shipped_prompts(make_table: MakeTable) -> None:
    table = make_table(PromptStore.SPEC)
    prompts = PromptStore(table)
    needed = {name: "x" for name, field in Settings.model_fields.items() if field.is_required()}
    settings = Settings.model_validate({**needed, "catalogue": "catalogue", "vector_store": "none", "prompts_table": table.name})
    build(settings, Telemetry("step", stream=io.StringIO()))
    assert prompts.find("acme", "answer-en", "live").version == 1
    before = prompts.shipped()
    build(settings, Telemetry("step", stream=io.StringIO()))
    assert (prompts.shipped(), prompts.find("acme", "answer-en", "live").version) == (before, 1)
