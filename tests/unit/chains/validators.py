"""Two judges of state machines that are not ours: cfn-lint's schema, and the parser of moto's interpreter."""

import json
from functools import cache
from typing import Any


@cache
def _schema() -> Any:
    from cfnlint.rules.resources.stepfunctions.StateMachineDefinition import StateMachineDefinition
    from jsonschema import Draft7Validator

    return Draft7Validator(StateMachineDefinition()._convert_schema_to_jsonata())


def refused_by_cfn_lint(definition: dict[str, Any]) -> list[str]:
    """What cfn-lint's schema of state machines finds wrong."""
    return [f"{list(error.path)}: {error.message[:200]}" for error in _schema().iter_errors(definition)]


def refused_by_moto(definition: dict[str, Any]) -> list[str]:
    """What moto's parser of the Amazon States Language finds wrong."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException

    try:
        AmazonStateLanguageParser.parse(json.dumps(definition))
    except ASLParserException as error:
        return [str(error)[:500]]
    return []
