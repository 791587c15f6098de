"""What a stage's functions are told about models, and proof at synth that the stage has what it needs."""

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secretsmanager

from infra import ROOT, local_context
from infra.stages import Stage
from maru.models.catalogue import Alias, Catalogue, CatalogueError

#: Where the core layer has the catalogue on Lambda.
IN_LAYER = "/opt/catalogue"
IN_TREE = ROOT / "catalogue"


class MissingModel(Exception):
    """The stage cannot offer an alias that it must; the message names the alias and what it lacks."""


def demand(stage: Stage) -> list[Alias]:
    """The aliases that exist on a stage in the cloud; raises :class:`MissingModel` where the needed ones are not among them."""
    needed = [stage.chat_alias] + ([stage.embedding_alias] if stage.vector_store != "none" else [])
    catalogue = Catalogue.load(IN_TREE / "models.yaml", stage.model_values, frozenset(stage.model_keys))
    for alias in needed:
        try:
            catalogue.demand(alias)
        except CatalogueError as error:
            raise MissingModel(f"Stage '{stage.name}': {error}") from error
    return list(catalogue)


def bedrock_arns(stack: Stack, aliases: list[Alias]) -> list[str]:
    """The foundation models that the stage's aliases reach with the functions' own role."""
    targets = [target for alias in aliases for target in alias.targets if target.auth == "aws"]
    return sorted(
        {
            stack.format_arn(service="bedrock", region=target.region, account="", resource="foundation-model", resource_name=target.model)
            for target in targets
        }
    )


def settings(stage: Stage, parameters: dict[str, str], keys: secretsmanager.Secret | None) -> dict[str, object]:
    """The fields of `maru.models.ModelSettings` on this stage."""
    if stage.local:
        return {
            "catalogue": str(IN_TREE),
            "model_values": {name: parameters[parameter] for name, parameter in local_context.CATALOGUE_VALUES.items()},
            "model_keys": {name: parameters[parameter] for name, parameter in local_context.CATALOGUE_KEYS.items()},
        }
    named = {"model_keys_secret": keys.secret_arn, "model_key_names": stage.model_keys} if keys else {}
    return {"catalogue": IN_LAYER, "model_values": stage.model_values, **named}
