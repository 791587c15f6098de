"""What a stage's functions are told about models, and proof at synth that the stage has what it needs."""

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secretsmanager

from infra import ROOT, local_context
from infra.stages import Stage
from maru.models.catalogue import Alias, Catalogue, CatalogueError, Target

#: Where the core layer has the catalogue on Lambda.
IN_LAYER = "/opt/catalogue"
IN_TREE = ROOT / "catalogue"


class MissingModel(Exception):
    """The stage cannot offer an alias that it must; the message names the alias and what it lacks."""


def demand(stage: Stage) -> list[Alias]:
    """The aliases that exist on a stage in the cloud; raises :class:`MissingModel` where the needed ones are not among them."""
    documents = stage.vector_store != "none" or bool(stage.vector_engines)
    pages = [stage.ocr] if stage.ocr.startswith("textract") else []
    needed = [stage.chat_alias, *([stage.embedding_alias, *pages] if documents else [])]
    catalogue = Catalogue.load(IN_TREE / "models.yaml", stage.model_values, frozenset(stage.model_keys), more=stage.model_entries)
    for alias in needed:
        try:
            catalogue.demand(alias)
        except CatalogueError as error:
            raise MissingModel(f"Stage '{stage.name}': {error}") from error
    return list(catalogue)


def bedrock_arns(stack: Stack, aliases: list[Alias]) -> list[str]:
    """The models of Bedrock that the stage's aliases reach with the functions' own role, by their own ARN where they have one."""
    targets = [one for alias in aliases for one in alias.targets if one.auth == "aws" and one.provider not in ("sagemaker", "textract")]
    return sorted({arn for target in targets for arn in _bedrock(stack, target)})


def endpoint_arns(stack: Stack, aliases: list[Alias]) -> list[str]:
    """The endpoints of SageMaker that the stage's aliases reach with the functions' own role, and their inference components."""
    names = {
        (target.region, kind, name)
        for alias in aliases
        for target in alias.targets
        if target.auth == "aws" and target.provider == "sagemaker"
        for kind, name in (("endpoint", target.endpoint), ("inference-component", target.component))
        if name
    }
    return sorted(stack.format_arn(service="sagemaker", region=region, resource=kind, resource_name=name) for region, kind, name in names)


def _bedrock(stack: Stack, target: Target) -> list[str]:
    if target.model.startswith("arn:"):
        return [target.model]
    scope, _, model = target.model.partition(".")
    if scope not in {"us", "eu", "apac", "jp", "au", "global"}:
        return [
            stack.format_arn(service="bedrock", region=target.region, account="", resource="foundation-model", resource_name=target.model)
        ]
    # An inference profile calls the model in whichever region of its own.
    return [
        stack.format_arn(service="bedrock", region=target.region, resource="inference-profile", resource_name=target.model),
        stack.format_arn(service="bedrock", region="*", account="", resource="foundation-model", resource_name=model),
    ]


def settings(stage: Stage, parameters: dict[str, str], keys: secretsmanager.Secret | None) -> dict[str, object]:
    """The fields of `maru.models.ModelSettings` on this stage."""
    if stage.local:
        return {
            "catalogue": str(IN_TREE),
            "model_values": {name: parameters[parameter] for name, parameter in local_context.CATALOGUE_VALUES.items()},
            "model_keys": {name: parameters[parameter] for name, parameter in local_context.CATALOGUE_KEYS.items()},
        }
    named = {"model_keys_secret": keys.secret_arn, "model_key_names": stage.model_keys} if keys else {}
    return {"catalogue": IN_LAYER, "model_values": stage.model_values, "model_entries": stage.model_entries, **named}
