"""What is mended of MiniStack's Step Functions, on a running one: an upgrade that changes its inside turns this red."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.ministack import EmbeddedAws, embedded_aws

pytestmark = pytest.mark.live

_ROLE = "arn:aws:iam::000000000000:role/chains"
_HANDLER = (
    b"class Broken(Exception):\n    pass\n\n"
    b"def handler(event, context):\n    if event.get('break'):\n        raise Broken('no')\n    return event\n"
)


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedAws]:
    with embedded_aws() as engine:
        functions = engine.client("lambda")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("index.py", _HANDLER)
        functions.create_function(
            FunctionName="echo", Runtime="python3.13", Handler="index.handler", Role=_ROLE, Code={"ZipFile": buffer.getvalue()}
        )
        functions.close()
        yield engine


def test_an_execution_of_a_version_runs_that_version(running: EmbeddedAws) -> None:
    states = running.client("stepfunctions")
    first = states.create_state_machine(name="versions", definition=_passing("old"), roleArn=_ROLE, publish=True)
    second = states.update_state_machine(stateMachineArn=first["stateMachineArn"], definition=_passing("new"), publish=True)
    arns = [first["stateMachineVersionArn"], second["stateMachineVersionArn"], first["stateMachineArn"]]
    assert [_output(states, arn) for arn in arns] == ["old", "new", "new"]
    routing = [{"stateMachineVersionArn": first["stateMachineVersionArn"], "weight": 100}]
    states.create_state_machine_alias(name="live", routingConfiguration=routing)
    assert _output(states, f"{first['stateMachineArn']}:live") == "old"
    states.close()


def test_branches_keep_their_variables_to_themselves_and_their_output_is_shaped(running: EmbeddedAws) -> None:
    branch = {"StartAt": "S", "States": {"S": {"Type": "Pass", "Assign": {"v": "inner"}, "Output": 1, "End": True}}}
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Assign": {"v": "outer"}, "Next": "P"},
            "P": {"Type": "Parallel", "Branches": [branch, branch], "Output": "{% $states.result[0] + $states.result[1] %}", "Next": "B"},
            "B": {"Type": "Pass", "Output": ["{% $states.input %}", "{% $v %}"], "End": True},
        },
    }
    assert _ran(running, "branches", machine) == [2, "outer"]


def test_distributed_maps_take_items_by_jsonata(running: EmbeddedAws) -> None:
    item = {"StartAt": "S", "States": {"S": {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}}}
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "Items": "{% [1..3] %}",
                "ItemSelector": {"n": "{% $states.context.Map.Item.Value %}"},
                "MaxConcurrency": 2,
                "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **item},
                "Output": "{% $sum($states.result) %}",
                "End": True,
            }
        },
    }
    assert _ran(running, "apart", machine) == 12


def test_a_function_that_fails_before_it_hands_on_its_token_fails_the_task_by_its_class(running: EmbeddedAws) -> None:
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "T",
        "States": {
            "T": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Arguments": {"FunctionName": "echo", "Payload": {"break": True, "token": "{% $states.context.Task.Token %}"}},
                "TimeoutSeconds": 60,
                "Catch": [{"ErrorEquals": ["Broken"], "Output": "caught", "Next": "E"}],
                "End": True,
            },
            "E": {"Type": "Pass", "End": True},
        },
    }
    assert _ran(running, "token", machine) == "caught"


def _passing(value: str) -> str:
    state = {"Type": "Pass", "Output": value, "End": True}
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}})


def _ran(running: EmbeddedAws, name: str, machine: dict[str, Any]) -> Any:
    states = running.client("stepfunctions")
    made = states.create_state_machine(name=name, definition=json.dumps(machine), roleArn=_ROLE)
    try:
        return _output(states, made["stateMachineArn"])
    finally:
        states.close()


def _output(states: Any, arn: str) -> Any:
    execution = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    deadline = time.monotonic() + 30
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found["status"] == "SUCCEEDED", found
    return json.loads(found["output"])
