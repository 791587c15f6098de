"""GPU endpoints as data: what ``catalogue/endpoints.yaml`` says of each, and what follows from it for vLLM and for the catalogue."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from maru.validation import words

#: AWS's own build of vLLM for SageMaker. Source: https://aws.github.io/deep-learning-containers/vllm/deployment/sagemaker/
REGISTRY, REPOSITORY = "763104351884", "vllm"
#: Hours of a month, as prices by the month are counted.
MONTH_HOURS = 730

type Share = Annotated[float, Field(gt=0, le=1)]
type Count = Annotated[int, Field(ge=1)]
type Usd = Annotated[Decimal, BeforeValidator(lambda value: Decimal(str(value))), Field(ge=0)]


class EndpointError(Exception):
    """An endpoint cannot be had as it is described; the message names the entry and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Speculative(_Strict):
    """``tokens`` are guessed at a time, by a smaller ``model`` or from the last ``ngram`` tokens."""

    tokens: Count
    model: str | None = None
    ngram: Count | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.model is None) == (self.ngram is None):
            raise ValueError("give either 'model' or 'ngram'")
        return self

    def config(self) -> dict[str, Any]:
        """As vLLM's ``--speculative-config`` takes it."""
        way = {"model": self.model} if self.model else {"method": "ngram", "prompt_lookup_max": self.ngram}
        return {**way, "num_speculative_tokens": self.tokens}


class Lora(_Strict):
    """An adapter: callers get it under the alias and its own name, as ``alias:name``."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")
    path: str = Field(min_length=1)
    rank: Literal[8, 16, 32, 64, 128, 256] = 16


class Vllm(_Strict):
    """Arguments of ``vllm serve``; the tensor parallel size is the number of the copy's GPUs."""

    context: Count
    gpu_memory: Share = 0.9
    batched_tokens: Count | None = None
    quantisation: Literal["awq", "gptq"] | None = None
    speculative: Speculative | None = None
    prefix_caching: bool = True
    lora: Lora | None = None
    tool_parser: str | None = None


class Copies(_Strict):
    """A further copy comes when each has so many requests at once; after ``idle_minutes`` of less, one goes."""

    minimum: Annotated[int, Field(ge=0)] = 0
    maximum: Count = 1
    requests_each: Count = 8
    idle_minutes: Count = 15

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("'minimum' is more than 'maximum'")
        return self


type Schedule = Annotated[str, Field(pattern=r"^cron\(.+\)$")]


class Warm(_Strict):
    """Schedules in UTC between which one copy at least stands ready."""

    start: Schedule
    end: Schedule


class GpuEndpoint(_Strict):
    """One endpoint. ``image_digest`` and ``revision`` pin its container and its model; ``warm`` says when it is awake anyhow."""

    endpoint: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")
    alias: str
    description: str = ""
    model: str = Field(min_length=1)
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    image_digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    instance: str = Field(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$")
    gpus: Count = 1
    memory_mib: Count
    volume_gib: Count = 256
    copies: Copies = Copies()
    abilities: tuple[str, ...] = ("stream",)
    languages: tuple[str, ...] = ()
    vllm: Vllm
    warm: tuple[Warm, ...] = ()

    def image(self, region: str, suffix: str) -> str:
        """The container, by its digest: a tag may move, this may not."""
        return f"{REGISTRY}.dkr.ecr.{region}.{suffix}/{REPOSITORY}@{self.image_digest}"

    def environment(self) -> dict[str, str]:
        """What the container makes vLLM's arguments of: ``SM_VLLM_MAX_MODEL_LEN`` becomes ``--max-model-len``, ``true`` a bare flag."""
        args = self.vllm
        told: dict[str, Any] = {
            "MODEL": self.model,
            "REVISION": self.revision,
            "TOKENIZER_REVISION": self.revision,
            "SERVED_MODEL_NAME": self.alias,
            "TENSOR_PARALLEL_SIZE": self.gpus,
            "MAX_MODEL_LEN": args.context,
            "GPU_MEMORY_UTILIZATION": args.gpu_memory,
            "MAX_NUM_BATCHED_TOKENS": args.batched_tokens,
            "QUANTIZATION": args.quantisation,
            "SPECULATIVE_CONFIG": args.speculative and args.speculative.config(),
            ("ENABLE_PREFIX_CACHING" if args.prefix_caching else "NO_ENABLE_PREFIX_CACHING"): True,
            "ENABLE_AUTO_TOOL_CHOICE": True if args.tool_parser else None,
            "TOOL_CALL_PARSER": args.tool_parser,
            **(self._adapter(args.lora) if args.lora else {}),
        }
        return {f"SM_VLLM_{name}": _written(value) for name, value in told.items() if value is not None}

    def entries(self, *, endpoint: str, component: str, region: str) -> list[dict[str, Any]]:
        """The catalogue's entries for it, one more for an adapter; the machines are paid by the hour, tokens cost nothing more."""
        models = {self.alias: self.alias}
        if self.vllm.lora:
            models[f"{self.alias}:{self.vllm.lora.name}"] = self.vllm.lora.name
        return [self._entry(alias, model, endpoint, component, region) for alias, model in models.items()]

    def _entry(self, alias: str, model: str, endpoint: str, component: str, region: str) -> dict[str, Any]:
        target = {
            "provider": "sagemaker",
            "model": model,
            "endpoint": endpoint,
            "component": component,
            "base_url": f"https://runtime.sagemaker.{region}.amazonaws.com",
            "auth": "aws",
            "region": region,
            "private": True,
            "continues": "vllm",
            "context_length": self.vllm.context,
            "price": {"input": 0, "output": 0},
        }
        about = {"description": self.description, "abilities": list(self.abilities), "languages": list(self.languages)}
        return {"alias": alias, "kind": "chat", **about, "targets": [target]}

    def _adapter(self, lora: Lora) -> dict[str, Any]:
        module = {"name": lora.name, "path": lora.path, "base_model_name": self.model}
        return {"ENABLE_LORA": True, "MAX_LORA_RANK": lora.rank, "LORA_MODULES": module}


class Prices(_Strict):
    """USD: an instance by the hour, a GB of its volume and an alarm by the month."""

    instance_hour: dict[str, Usd]
    volume_gb_month: Usd
    alarm_month: Usd

    def month(self, one: GpuEndpoint, *, hours: float, copies: int, alarms: int) -> Decimal:
        """What a month costs in which so many copies run for so many hours each; a copy takes a machine of its own.

        Raises :class:`EndpointError` for an instance without a price.
        """
        if one.instance not in self.instance_hour:
            raise EndpointError(f"prices.instance_hour: there is no price for '{one.instance}'.")
        share = Decimal(str(hours)) / MONTH_HOURS
        machine = self.instance_hour[one.instance] * Decimal(str(hours)) + self.volume_gb_month * one.volume_gib * share
        return (machine * copies + self.alarm_month * alarms).quantize(Decimal("0.01"))


def described(catalogue: Path) -> tuple[dict[str, dict[str, Any]], Prices]:
    """The endpoints of the catalogue by name, unpinned and unchecked, and the prices; raises :class:`EndpointError`."""
    path = catalogue / "endpoints.yaml"
    try:
        document = yaml.safe_load(path.read_bytes())
        return {entry["endpoint"]: entry for entry in document["endpoints"]}, Prices.model_validate(document["prices"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise EndpointError(f"{path}: endpoints and prices are expected") from error
    except ValidationError as error:
        raise EndpointError(f"{path}: prices: {_problems(error)}") from error


def pinned(catalogue: Path, name: str, *, image_digest: str | None, revision: str | None) -> GpuEndpoint:
    """An endpoint of the catalogue with its pins; raises :class:`EndpointError` naming what is missing or wrong."""
    known, _ = described(catalogue)
    if name not in known:
        raise EndpointError(f"Context 'gpu_endpoint' is '{name}'; catalogue/endpoints.yaml has: {', '.join(sorted(known))}.")
    pins = {"image_digest": image_digest, "revision": revision}
    try:
        return GpuEndpoint.model_validate(known[name] | {field: value for field, value in pins.items() if value})
    except ValidationError as error:
        message = f"The GPU endpoint '{name}': {_problems(error)}. Context 'gpu_image_digest' and 'gpu_revision' pin it."
        raise EndpointError(message) from error


def _problems(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {words(one)}" for one in error.errors())


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)
