"""What chains may do in a stage: the API makes machines of its stage and no others, and machines call the worker alone."""

import json
from typing import Any

from maru.chains.store import load
from tests.infra.templates import listed, policies, resources, statements

type Template = dict[str, Any]


def _of(template: Template, role: str) -> list[dict[str, Any]]:
    """The statements of every policy of a role."""
    return [one for policy in policies(template) if {"Ref": role} in policy["Roles"] for one in policy["PolicyDocument"]["Statement"]]


def _machines_role(template: Template) -> str:
    (role,) = {
        one["RoleArn"]["Fn::GetAtt"][0]
        for name, one in resources(template, "AWS::StepFunctions::StateMachine").items()
        if name.startswith("MachinesChain")
    }
    return str(role)


def test_the_api_makes_machines_of_its_stage_and_passes_their_role_alone(dev: Template) -> None:
    making = [one for one in statements(dev) if "states:CreateStateMachine" in listed(one["Action"])]
    assert len(making) == 1
    for resource in listed(making[0]["Resource"]):
        assert json.dumps(resource).rstrip('"]}').endswith(":stateMachine:maru-dev-*")
    (role,) = [one["Roles"][0]["Ref"] for one in policies(dev) if making[0] in one["PolicyDocument"]["Statement"]]
    passing = [one for one in _of(dev, role) if "iam:PassRole" in listed(one["Action"])]
    assert [one["Resource"] for one in passing] == [{"Fn::GetAtt": [_machines_role(dev), "Arn"]}]
    assert passing[0]["Condition"] == {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}


def test_machines_invoke_the_worker_alone(dev: Template) -> None:
    invoking = [one for one in _of(dev, _machines_role(dev)) if any(str(action).startswith("lambda:") for action in listed(one["Action"]))]
    assert [listed(one["Action"]) for one in invoking] == [["lambda:InvokeFunction"]]
    (alias,) = [one["Ref"] for one in listed(invoking[0]["Resource"])]
    function = resources(dev, "AWS::Lambda::Alias")[alias]["FunctionName"]["Ref"]
    assert dev["Resources"][function]["Properties"]["Environment"]["Variables"]["FUNCTION"] == "step"


def test_every_shipped_chain_has_a_version_behind_live(dev: Template) -> None:
    machines = {name for name in resources(dev, "AWS::StepFunctions::StateMachine") if name.startswith("MachinesChain")}
    versions = resources(dev, "AWS::StepFunctions::StateMachineVersion")
    assert len(machines) == len(load("catalogue"))
    live = [one for one in resources(dev, "AWS::StepFunctions::StateMachineAlias").values() if one["Name"] == "live"]
    led = [route["StateMachineVersionArn"]["Ref"] for one in live for route in one["RoutingConfiguration"]]
    assert sorted(led) == sorted(set(led))
    assert {versions[one]["StateMachineArn"]["Ref"] for one in led} == machines
