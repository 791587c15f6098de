"""The CDK application: `-c stage=dev|prod` (default dev), `-c vector_store=opensearch|s3vectors|none`, `-c region=…`.

`-c vector_engines={"NAME": {"kind": "postgres", "location": "postgresql://…", "secret": "arn:…"}}` adds engines that vector stores may
name, and `-c vector_options={"m": 32, "quantisation": "scalar"}` builds OpenSearch's index otherwise (`EngineSettings` and
`IndexOptions` in the core layer have the fields). Further context: `model_keys`, `cors_origins` and `webhook_hosts` (lists, by spaces),
`alarm_topic_arn`, `web_acl_arn`, `gpu_endpoint` with `gpu_image_digest` and `gpu_revision` (catalogue/endpoints.yaml),
`data_url` with `data_secret` (the replica that catalogue/data.yaml's views are read on, and the ARN of its password),
`large_document_mib` (from which size on a state machine brings documents in),
`ocr` (tesseract, textract, textract-text, none), `ocr_layer` (the ARN of a layer version that brings Tesseract),
`source_hosts` (inner hosts that may be crawled, by spaces), `second_currency` with `second_currency_rate` (in which costs are told, too),
`tool_functions` (NAME=ARN, by spaces), `event_tenants` (whom events of AWS's services concern: aws.guardduty=secops, by spaces),
`guardrail_arns` (by spaces), `comprehend` (true), and the values of `MODEL_CONTEXT`.

`vpc_id` with `vpc_subnets` and `vpc_route_tables` (by spaces) puts the functions that search or read databases, and a new search domain,
into a VPC that is there, with endpoints for AWS's services, or without (`vpc_endpoints=none`). A domain stays where it was made, and one in
a VPC needs the account's role for it: `aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com`, once.
"""

import json
import re
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import urlsplit

import aws_cdk as cdk
from pydantic import BaseModel, ValidationError

from infra import ROOT, local_context, nag
from infra.endpoints import GpuEndpoint, pinned
from infra.networks import Network, network_of
from infra.stack import MaruStack
from infra.stages import CLOUD_STAGES, Stage, bedrock_region
from maru.knowledge.engines import EngineSettings
from maru.knowledge.parse.ocr import OcrName
from maru.knowledge.sources.scope import wrong_hosts
from maru.knowledge.stores.options import IndexOptions
from maru.postgres import checked
from maru.structured.views import Views
from maru.validation import words

#: Context that fills the `${NAME}`s of catalogue/models.yaml; `model_keys` names the keys that the stage has, by spaces.
MODEL_CONTEXT = ("bedrock_region", "model_url", "model_name", "embed_url", "embed_name", "embed_dimensions", "rerank_url", "rerank_name")
VECTOR_STORES = ("opensearch", "s3vectors", "none")


class ContextError(Exception):
    """A context value is missing or not one of those offered; the message names it."""


def main() -> None:
    """Synthesise the stage that the context names."""
    app = new_app()
    build(app, stage_of(app))
    app.synth()


def new_app(outdir: str | None = None, **context: Any) -> cdk.App:
    """An app with the context of `cdk.json`, which the CDK's command reads and a plain Python process would not."""
    written = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return cdk.App(analytics_reporting=False, outdir=outdir, context=written | context)


def build(app: cdk.App, stage: Stage) -> MaruStack:
    """The stack of one stage, checked by cdk-nag unless it is the local one, which nobody reaches from outside."""
    stack = MaruStack(app, stage=stage)
    cdk.Tags.of(stack).add("application", "maru")
    cdk.Tags.of(stack).add("stage", stage.name)
    if not stage.local:
        nag.check(app)
    return stack


def stage_of(app: cdk.App) -> Stage:
    """The stage from the context; raises :class:`ContextError`."""
    name = _context(app, "stage") or "dev"
    vector_store = _context(app, "vector_store")
    if name == "local":
        return local_context.stage()
    if name not in CLOUD_STAGES:
        raise ContextError(f"Context 'stage' is '{name}'; it must be one of: {', '.join(CLOUD_STAGES)}.")
    if vector_store == "sqlite":
        raise ContextError(
            "Context 'vector_store' is 'sqlite', which is a file on one machine: only the local run has it."
            f" Use one of: {', '.join(VECTOR_STORES)}."
        )
    if vector_store not in VECTOR_STORES:
        raise ContextError(f"Context 'vector_store' is missing or unknown ({vector_store!r}); give one of: {', '.join(VECTOR_STORES)}.")
    region = _context(app, "region") or local_context.REGION
    values = {name.upper(): _context(app, name) for name in MODEL_CONTEXT}
    values["BEDROCK_REGION"] = values["BEDROCK_REGION"] or bedrock_region(region)
    values["TEXTRACT_REGION"] = region if _ocr(app).startswith("textract") else None
    data_url, data_secret = _data(app)
    plain = CLOUD_STAGES[name](region=region, vector_store=vector_store)
    return replace(
        plain,
        model_values={name: value for name, value in values.items() if value},
        vector_engines=_engines(app),
        vector_options=_validated("vector_options", IndexOptions, _json(app, "vector_options")),
        model_keys=tuple((_context(app, "model_keys") or "").split()),
        alarm_topic_arn=_context(app, "alarm_topic_arn"),
        guardrail_arns=tuple((_context(app, "guardrail_arns") or "").split()),
        comprehend=_context(app, "comprehend") == "true",
        data_url=data_url,
        data_secret=data_secret,
        data_views=Views.load(ROOT / "catalogue").views,
        web_acl_arn=_context(app, "web_acl_arn"),
        tool_functions=_pairs(app, "tool_functions"),
        event_tenants=_pairs(app, "event_tenants"),
        second_currency=_context(app, "second_currency"),
        second_currency_rate=_context(app, "second_currency_rate"),
        gpu=_gpu(app),
        cors_origins=tuple((_context(app, "cors_origins") or "").split()),
        webhook_hosts=tuple((_context(app, "webhook_hosts") or "").lower().split()),
        ocr=_ocr(app),
        ocr_layer=_ocr_layer(app),
        large_document_mib=_large(app),
        source_hosts=_source_hosts(app),
        network=_network(app, plain),
    )


def _pairs(app: cdk.App, name: str) -> dict[str, str]:
    """`name=value` by spaces; raises :class:`ContextError` for anything else."""
    pairs = [part.partition("=") for part in (_context(app, name) or "").split()]
    if wrong := next(("".join(pair) for pair in pairs if not all(pair)), None):
        raise ContextError(f"Context '{name}' holds '{wrong}'; give NAME=VALUE, several by spaces.")
    return {key: value for key, _, value in pairs}


def _engines(app: cdk.App) -> dict[str, EngineSettings]:
    engines = {name: _validated("vector_engines", EngineSettings, one) for name, one in _json(app, "vector_engines").items()}
    for name, engine in engines.items():
        if engine.kind in ("sqlite", "opensearch"):
            raise ContextError(f"Context 'vector_engines' names '{name}' of kind '{engine.kind}', which only 'vector_store' can be.")
        if engine.secret and not engine.secret.startswith("arn:"):
            raise ContextError(f"Context 'vector_engines': the secret of '{name}' must be the ARN of a secret in Secrets Manager.")
    return engines


def _validated[T: BaseModel](name: str, model: type[T], value: object) -> T:
    """What a part of a context value says; an error names what is wrong and never quotes it: a URL may hold a password."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {words(one)}" for one in error.errors())
        raise ContextError(f"Context '{name}' cannot be used: {problems}") from error


def _json(app: cdk.App, name: str) -> dict[str, Any]:
    """A context value that is a JSON object, as `-c` gives it, or as `cdk.json` does."""
    given = app.node.try_get_context(name) or {}
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ContextError(f"Context '{name}' must be a JSON object.")
    return found


def _data(app: cdk.App) -> tuple[str | None, str | None]:
    """Where structured data are read; an error never quotes the URL."""
    url, secret = _context(app, "data_url"), _context(app, "data_secret")
    if url:
        try:
            password = urlsplit(checked(url)).password
        except ValueError as error:
            raise ContextError(f"Context 'data_url' cannot be used: {error}.") from error
        if password:
            raise ContextError("Context 'data_url' holds a password, which would stand in the template: put it into 'data_secret'.")
    if secret and not secret.startswith("arn:"):
        raise ContextError("Context 'data_secret' must be the ARN of a secret in Secrets Manager.")
    return url, secret


def _gpu(app: cdk.App) -> GpuEndpoint | None:
    name = _context(app, "gpu_endpoint")
    if name is None:
        return None
    pins = {"image_digest": _context(app, "gpu_image_digest"), "revision": _context(app, "gpu_revision")}
    return pinned(ROOT / "catalogue", name, **pins)


def _network(app: cdk.App, stage: Stage) -> Network | None:
    try:
        network = network_of(lambda name: _context(app, name))
    except ValueError as error:
        raise ContextError(f"Context {error}.") from error
    if network and stage.vector_store == "opensearch" and len(network.subnets) < min(2, stage.search_nodes):
        raise ContextError(f"Context 'vpc_subnets' names one subnet; the search domain of the stage '{stage.name}' spans two zones.")
    return network


def _large(app: cdk.App) -> int:
    given = _context(app, "large_document_mib") or str(Stage.large_document_mib)
    if not given.isdigit() or int(given) < 1:
        raise ContextError(f"Context 'large_document_mib' is '{given}'; give a whole number of MiB, at least 1.")
    return int(given)


def _ocr(app: cdk.App) -> OcrName:
    name = _context(app, "ocr") or "tesseract"
    offered: tuple[OcrName, ...] = get_args(OcrName.__value__)
    if name not in offered:
        raise ContextError(f"Context 'ocr' is '{name}'; it must be one of: {', '.join(offered)}.")
    return next(one for one in offered if one == name)


def _ocr_layer(app: cdk.App) -> str | None:
    arn = _context(app, "ocr_layer")
    if arn and not re.fullmatch(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+", arn):
        raise ContextError("Context 'ocr_layer' must be the ARN of a layer version, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:NUMBER.")
    return arn


def _source_hosts(app: cdk.App) -> tuple[str, ...]:
    hosts = (_context(app, "source_hosts") or "").split()
    if wrong := wrong_hosts(hosts):
        raise ContextError(
            f"Context 'source_hosts' holds {', '.join(map(repr, wrong))}; give hosts by spaces: wiki.corp *.corp git.corp:8443."
        )
    return tuple(hosts)


def _context(app: cdk.App, name: str) -> str | None:
    value = app.node.try_get_context(name)
    return str(value) if value else None


if __name__ == "__main__":
    main()
