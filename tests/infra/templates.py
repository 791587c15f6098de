"""Questions to a CloudFormation template."""

import json
from typing import Any

type Resource = dict[str, Any]


def resources(template: Resource, kind: str) -> dict[str, Resource]:
    """The properties of all resources of a type, by logical id."""
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind}


def functions(template: Resource) -> dict[str, Resource]:
    """Maru's own Lambda functions by name; CDK's helpers are left out."""
    found = resources(template, "AWS::Lambda::Function").values()
    return {
        one["Environment"]["Variables"]["FUNCTION"]: one for one in found if "FUNCTION" in one.get("Environment", {}).get("Variables", {})
    }


def policies(template: Resource) -> list[Resource]:
    """The policies of roles, those included into which CDK parts what is too large for one."""
    return [one for kind in ("Policy", "ManagedPolicy") for one in resources(template, f"AWS::IAM::{kind}").values()]


def statements(template: Resource) -> list[Resource]:
    """Every statement of every policy of the template."""
    documents = [one["PolicyDocument"] for one in policies(template)]
    for role in resources(template, "AWS::IAM::Role").values():
        documents += [policy["PolicyDocument"] for policy in role.get("Policies", [])]
    return [statement for document in documents for statement in document["Statement"]]


def listed(value: Any) -> list[Any]:
    """A value that CloudFormation lets stand alone or in a list, as a list."""
    return value if isinstance(value, list) else [value]


def plain(value: Any) -> str:
    """A value with its references as text, as a function would see it."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return f"ref-{value['Ref']}"
    if "Fn::GetAtt" in value:
        return "att-" + "-".join(value["Fn::GetAtt"])
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(plain(part) for part in parts)
    raise ValueError(json.dumps(value))
