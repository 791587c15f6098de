"""The stages Maru is deployed in, as data; a stage is everything that may differ between two deployments."""

from dataclasses import dataclass, field, replace
from typing import Any

from infra.endpoints import GpuEndpoint
from infra.networks import Network
from maru.knowledge.engines import EngineSettings
from maru.knowledge.parse.ocr import OcrName
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.structured.views import View


@dataclass(frozen=True)
class Shape:
    """How large a function is and how long it may run; Lambda gives it processor time in proportion to its memory."""

    memory_mib: int = 1024
    timeout_s: int = 900


SHAPES = {
    "admin": Shape(timeout_s=60),
    "ledger": Shape(timeout_s=300),
    "triggers": Shape(timeout_s=60),
    "moderation": Shape(timeout_s=60),
    "step": Shape(memory_mib=1769),
    "data": Shape(memory_mib=512, timeout_s=30),
    "weather": Shape(memory_mib=256, timeout_s=10),
    "ingest": Shape(memory_mib=2048, timeout_s=600),
}


@dataclass(frozen=True)
class Stage:
    """One deployment's choices. `vector_store` and the model aliases have no default: a stage says what it stands on."""

    name: str
    region: str
    vector_store: str
    keep_data: bool
    log_days: int
    audit_days: int
    requests_per_second: int
    burst: int
    #: Batches of documents that are read at the same time; each takes a processor.
    ingest_concurrency: int = 5
    search_nodes: int = 1
    search_instance: str = "t3.small.search"
    search_volume_gib: int = 20
    #: Engines that vector stores may name beside the stage's own, and how OpenSearch builds its index.
    vector_engines: dict[str, EngineSettings] = field(default_factory=dict)
    vector_options: IndexOptions = DEFAULTS
    cors_origins: tuple[str, ...] = ()
    #: Where chains may send webhooks: `host` or `host:port`, reached by https alone.
    webhook_hosts: tuple[str, ...] = ()
    #: Which tenant events of AWS's own services concern, by their source: `{"aws.guardduty": "secops"}` lets its chains take findings.
    event_tenants: dict[str, str] = field(default_factory=dict)
    #: Hosts that sources may read (`wiki.corp`, `*.corp`, `git.corp:8443`): no source reads any other.
    source_hosts: tuple[str, ...] = ()
    #: What reads scanned pages: Lambda has no Tesseract unless a layer brings it, and `textract` reads Latin script, no Korean.
    ocr: OcrName = "tesseract"
    #: The layer version that brings Tesseract to ingestion: `bin/tesseract`, its libraries in `lib`, its languages in `share/tessdata`.
    ocr_layer: str | None = None
    #: Documents of at least this size are brought in by a state machine, their portions side by side, and not by one worker.
    large_document_mib: int = 32
    #: Where alarms go, and alerts of budgets.
    alarm_topic_arn: str | None = None
    #: The second currency of statements (ISO 4217), and what one USD is worth in it.
    second_currency: str | None = None
    second_currency_rate: str | None = None
    #: Values for the `${NAME}`s of catalogue/models.yaml, the names of the keys this stage has, and the aliases it must offer.
    model_values: dict[str, str] = field(default_factory=dict)
    model_keys: tuple[str, ...] = ()
    #: A GPU endpoint of the stage's own; None deploys none.
    gpu: GpuEndpoint | None = None
    chat_alias: str = "default"
    embedding_alias: str = "embedding"
    #: Lambda functions beside Maru's own that tools may call: names that tools use, and ARNs.
    tool_functions: dict[str, str] = field(default_factory=dict)
    #: The PostgreSQL replica that the views of catalogue/data.yaml are read on, and the ARN of the secret with its role's password.
    data_url: str | None = None
    data_secret: str | None = None
    data_views: tuple[View, ...] = ()
    #: Bedrock guardrails that policies may name, and whether they may ask Amazon Comprehend.
    guardrail_arns: tuple[str, ...] = ()
    comprehend: bool = False
    architecture: str = "arm64"
    #: What only the local run has: no web adapter, no vendored packages, endpoints as parameters of the stack.
    local: bool = False
    #: The organisation's own network, for the functions that search or read databases, and for the search domain.
    network: Network | None = None
    #: A web ACL (of CLOUDFRONT's scope, in us-east-1) before the console's distribution.
    web_acl_arn: str | None = None
    #: Functions that are larger or shorter than the rest.
    shapes: dict[str, Shape] = field(default_factory=lambda: dict(SHAPES))

    @property
    def stack_name(self) -> str:
        """The CloudFormation stack's name."""
        return f"maru-{self.name}"

    @property
    def gpu_name(self) -> str | None:
        """The name of the GPU endpoint, and of its inference component."""
        return f"{self.stack_name}-{self.gpu.endpoint}" if self.gpu else None

    @property
    def model_entries(self) -> tuple[dict[str, Any], ...]:
        """What the stage's own endpoint adds to the catalogue."""
        if self.gpu is None or self.gpu_name is None:
            return ()
        return tuple(self.gpu.entries(endpoint=self.gpu_name, component=self.gpu_name, region=self.region))

    def shape(self, function: str) -> Shape:
        """The size of a function."""
        return self.shapes.get(function, Shape())


#: Where Bedrock has the default models for regions that lack one of them; any other region asks its own Bedrock.
_BEDROCK_REGIONS = {"ap-northeast-2": "ap-northeast-1"}


def bedrock_region(region: str) -> str:
    """The region whose Bedrock a stage in `region` asks unless its context says otherwise."""
    return _BEDROCK_REGIONS.get(region, region)


def dev(*, region: str, vector_store: str) -> Stage:
    """A stage to throw away: one small search node, data deleted with the stack."""
    return Stage("dev", region, vector_store, keep_data=False, log_days=14, audit_days=30, requests_per_second=50, burst=100)


def prod(*, region: str, vector_store: str) -> Stage:
    """The stage that people rely on: data outlives the stack, search spans two zones."""
    return replace(
        dev(region=region, vector_store=vector_store),
        name="prod",
        keep_data=True,
        log_days=90,
        audit_days=400,
        requests_per_second=500,
        burst=1000,
        ingest_concurrency=20,
        search_nodes=2,
        search_instance="r7g.large.search",
        search_volume_gib=100,
    )


CLOUD_STAGES = {"dev": dev, "prod": prod}
