"""The network that a stage's functions stand in, as its context names it, and the services that they reach from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.discovery import FunctionFolder

if TYPE_CHECKING:
    from infra.stages import Stage
    from maru.models.catalogue import Alias, Target

#: Services that functions ask whatever a stage is made of.
_ALWAYS = ("events", "kms", "lambda", "secretsmanager", "sns", "sqs", "states")

#: Where an endpoint is called otherwise than its service's host.
_ENDPOINTS = {"runtime": "sagemaker.runtime"}


@dataclass(frozen=True)
class Network:
    """A VPC that is there already: private subnets in different zones, and the route tables of these.

    Without ``endpoints`` none are made: the network has them, or a way to the internet.
    """

    vpc: str
    subnets: tuple[str, ...]
    route_tables: tuple[str, ...] = ()
    endpoints: bool = True


def network_of(context: Callable[[str], str | None]) -> Network | None:
    """The network of `vpc_id`, `vpc_subnets`, `vpc_route_tables` and `vpc_endpoints`; raises :class:`ValueError` naming what is amiss."""
    vpc = context("vpc_id")
    subnets, routes = (tuple((context(name) or "").split()) for name in ("vpc_subnets", "vpc_route_tables"))
    endpoints = context("vpc_endpoints") or "own"
    if vpc is None:
        if subnets or routes:
            raise ValueError("'vpc_subnets' and 'vpc_route_tables' say nothing without 'vpc_id'")
        return None
    if not vpc.startswith("vpc-"):
        raise ValueError("'vpc_id' must be the id of a VPC, vpc-…")
    if not subnets or not all(one.startswith("subnet-") for one in subnets):
        raise ValueError("'vpc_subnets' must name the private subnets, subnet-… in different zones, by spaces")
    if endpoints not in ("own", "none"):
        raise ValueError("'vpc_endpoints' must be 'own' (Maru makes them) or 'none' (the network has them, or a way out)")
    if endpoints == "own" and not (routes and all(one.startswith("rtb-") for one in routes)):
        raise ValueError("'vpc_route_tables' must name the route tables of the subnets, rtb-…, for the endpoints of S3 and DynamoDB")
    return Network(vpc, subnets, routes, endpoints == "own")


def inside(folder: FunctionFolder) -> bool:
    """Whether a function searches, or reads databases: those stand in the stage's network."""
    return not folder.settings.model_fields.keys().isdisjoint({"vector_store", "data_url"})


def services(stage: "Stage", aliases: "list[Alias]") -> list[str]:
    """The services that functions in the network ask, beside S3 and DynamoDB, by the names of their endpoints.

    Bedrock and SageMaker of another region have none here: the network's own way out leads to them.
    """
    hosts = {urlsplit(target.base_url).hostname or "" for alias in aliases for target in alias.targets if _is_here(target, stage)}
    buckets = stage.vector_store == "s3vectors" or any(one.kind == "s3vectors" for one in stage.vector_engines.values())
    asked = {
        "bedrock-runtime": bool(stage.guardrail_arns),
        "comprehend": stage.comprehend,
        "s3vectors": buckets,
    }
    named = {_ENDPOINTS.get(host.partition(".")[0], host.partition(".")[0]) for host in hosts}
    return sorted({*_ALWAYS, *named, *(name for name, is_asked in asked.items() if is_asked)})


def _is_here(target: "Target", stage: "Stage") -> bool:
    return target.auth == "aws" and target.region == stage.region
