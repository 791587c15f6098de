"""The stack reads as a sentence: storage, identity, functions, API, ingestion, what watches them."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra import bundling, discovery, findings, local_context, models, networks, outputs
from infra.constructs.api import Api
from infra.constructs.chains import Machines, Notices
from infra.constructs.console import Console
from infra.constructs.data import DataApi
from infra.constructs.function import ADAPTER_ENVIRONMENT, MaruFunction, adapter_layer, retention
from infra.constructs.gpu import GpuModel
from infra.constructs.gpu_watch import GpuWatch
from infra.constructs.hiding import Hiding
from infra.constructs.identity import Identity
from infra.constructs.ingestion import IngestQueue, care, consume, feed_from_bucket, sweep
from infra.constructs.large import Large
from infra.constructs.network import Private
from infra.constructs.rebuild import Rebuild
from infra.constructs.search import Search
from infra.constructs.starts import Starts
from infra.constructs.storage import Storage
from infra.constructs.tables import Tables
from infra.constructs.vectors import Vectors
from infra.constructs.watch import Watch
from infra.discovery import FunctionFolder
from infra.grants import Grants
from infra.stages import Stage
from infra.values import Values
from maru.chains import store as chain_store
from maru.identity import SCOPES

#: Functions that schedules call: nobody waits for what comes of it.
_WORKERS = ("ingest", "ledger", "step", "triggers")


class MaruStack(cdk.Stack):
    """One stage of Maru."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        environment = cdk.Environment(region=stage.region, account=local_context.ACCOUNT if stage.local else None)
        super().__init__(scope, stage.stack_name, env=environment, description=f"Maru, {stage.name}")
        self.stage = stage
        keep, logs_kept = stage.keep_data, retention(stage.log_days)
        self.specs = discovery.table_specs()
        named = Tables(self, "Tables", prefix=f"{stage.stack_name}-", specs=self.specs, keep=keep)
        self.tables, self.table_names = named.by_name, named.names
        self.storage = Storage(
            self, "Storage", keep=keep, log_days=stage.log_days, cors_origins=stage.cors_origins, emptied=not stage.local
        )
        self.identity = Identity(self, "Identity", stage=stage.name, scopes=SCOPES, keep=keep)
        self.hiding = Hiding(self, "Hiding", keep=keep)
        self.aliases = [] if stage.local else models.demand(stage)
        self.model_keys = None if stage.local else self._secret("ModelKeys", "Keys of model providers: a JSON object from name to key")
        self.operator_key = self._secret("OperatorKey", "The first operator key; `make operator-key` fills it in")
        self.network = self._network(stage.network) if stage.network else None
        self.search = self._search() if stage.vector_store == "opensearch" else None
        self.vectors = (
            Vectors(self, "Vectors", name=f"{stage.stack_name}-vectors", keep=keep) if stage.vector_store == "s3vectors" else None
        )
        self.ingestion = IngestQueue(self, "Ingestion", function_timeout_s=stage.shape("ingest").timeout_s)
        self.starts = Starts(self, "Starts", function_timeout_s=stage.shape("triggers").timeout_s)
        self.parameters = {name: self._parameter(name, what) for name, what in local_context.PARAMETERS.items()} if stage.local else {}
        self.notices = Notices(self, "Notices", keep=keep)
        self.api = Api(
            self, "Api", name=stage.stack_name, requests_per_second=stage.requests_per_second, burst=stage.burst, logs_kept=logs_kept
        )
        if not stage.local:
            self.api.refuse_as_functions_do()
        self.console = None if stage.local else self._console()
        self.machines: Machines | None = None
        self.rebuild: Rebuild | None = None
        self.functions: dict[str, MaruFunction] = {}
        self._make_functions()
        self._routes()
        self._ingest()
        self.data = self._data() if stage.data_url and stage.data_views else None
        self._grant()
        self.watch = Watch(
            self,
            "Watch",
            stage=stage.name,
            api=self.api.rest,
            functions={name: one.function for name, one in self.functions.items()},
            workers=_WORKERS,
            documents=self.ingestion,
            starts=self.starts,
            alarm_topic_arn=stage.alarm_topic_arn,
            learning=not stage.local,
        )
        self.gpu = self._gpu() if stage.gpu else None
        outputs.write(self)
        findings.accept_all(self)

    def _console(self) -> Console:
        stage = self.stage
        console = Console(
            self,
            "Console",
            name=stage.stack_name,
            rest=self.api.rest,
            sign_in_origin=self.identity.domain.base_url(),
            logs=self.storage.logs,
            keep=stage.keep_data,
            web_acl_arn=stage.web_acl_arn,
        )
        self.console_client = self.identity.for_console(console.url)
        return console

    def _gpu(self) -> GpuModel:
        stage = self.stage
        assert stage.gpu  # noqa: S101 - asked for only where there is one
        assert stage.gpu_name  # noqa: S101 - as above
        model = GpuModel(self, "Gpu", name=stage.gpu_name, gpu=stage.gpu)
        watched = GpuWatch(self, "GpuWatch", model=model, alarm_topic_arn=stage.alarm_topic_arn)
        for row in watched.rows():
            self.watch.dashboard.add_widgets(*row)
        return model

    def _search(self) -> Search:
        stage = self.stage
        return Search(
            self,
            "Search",
            name=stage.stack_name,
            nodes=stage.search_nodes,
            instance=stage.search_instance,
            volume_gib=stage.search_volume_gib,
            keep=stage.keep_data,
            access_logs=self.storage.logs,
            alarm_topic_arn=stage.alarm_topic_arn,
            network=self.network,
        )

    def _network(self, network: networks.Network) -> Private:
        return Private(self, "Network", network=network, region=self.stage.region, services=networks.services(self.stage, self.aliases))

    def _secret(self, name: str, description: str) -> secretsmanager.Secret:
        removal = cdk.RemovalPolicy.RETAIN if self.stage.keep_data else cdk.RemovalPolicy.DESTROY
        return secretsmanager.Secret(self, name, description=description, removal_policy=removal)

    def _parameter(self, name: str, description: str) -> cdk.CfnParameter:
        secret = name in local_context.SECRET_PARAMETERS
        return cdk.CfnParameter(self, name, type="String", description=description, default="", no_echo=secret or None)

    def _make_functions(self) -> None:
        stage = self.stage
        vendor = bundling.empty_code() if stage.local else bundling.vendor_code(stage.architecture)
        layers: list[lambda_.ILayerVersion] = [
            self._layer("Core", bundling.core_code(precompile=not stage.local)),
            self._layer("Vendor", vendor),
        ]
        adapter = [] if stage.local else [adapter_layer(self, stage.region, stage.architecture)]
        ocr = [lambda_.LayerVersion.from_layer_version_arn(self, "Tesseract", stage.ocr_layer)] if stage.ocr_layer else []
        # Tools and the chains' worker come first: those that call them are told their names.
        for folder in sorted(discovery.functions(), key=lambda one: (not one.tool, one.name not in ("step", "ingest"))):
            own = adapter if folder.http else ocr if "ocr" in folder.settings.model_fields else []
            self.functions[folder.name] = self._function(folder, [*layers, *own])
            if self.network and networks.inside(folder):
                self.network.admit(self.functions[folder.name])
            if folder.name == "ingest":
                self._machines_of_documents(self.functions["ingest"].live)
            if folder.name == "step":
                self.machines = self._machines()

    def _machines_of_documents(self, worker: lambda_.Alias) -> None:
        stage, name, log_days = self.stage, f"large-{self.stage.stack_name}", retention(self.stage.log_days)
        self.rebuild = Rebuild(self, "Rebuild", worker=worker, log_days=log_days, local=stage.local)
        Large(self, "Large", name=name, worker=worker, at_once=stage.ingest_concurrency, log_days=log_days, local=stage.local)

    def _machines(self) -> Machines:
        stage = self.stage
        programs = chain_store.load(models.IN_TREE)
        worker = self.functions["step"].live
        return Machines(self, "Machines", stage=stage.name, worker=worker, programs=programs, log_days=stage.log_days, local=stage.local)

    def tool_functions(self) -> dict[str, str]:
        """The Lambda functions that tools may call, by the name that they use: Maru's own, and those that the stage adds."""
        own = {folder.name: self.functions[folder.name].live.function_arn for folder in discovery.functions() if folder.tool}
        return {**self.stage.tool_functions, **own}

    def _layer(self, name: str, code: lambda_.Code) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(self, name, code=code, compatible_runtimes=[lambda_.Runtime.PYTHON_3_13])

    def _function(self, folder: FunctionFolder, layers: list[lambda_.ILayerVersion]) -> MaruFunction:
        stage, shape = self.stage, self.stage.shape(folder.name)
        adapter = ADAPTER_ENVIRONMENT if folder.http and not stage.local else {}
        ocr = {"TESSDATA_PREFIX": "/opt/share/tessdata"} if stage.ocr_layer and "ocr" in folder.settings.model_fields else {}
        return MaruFunction(
            self,
            folder.name.title(),
            code=bundling.function_code(folder.name, http=folder.http, precompile=not stage.local),
            handler="run.sh" if folder.http else f"functions.{folder.name}.handler.handler",
            environment={**Values(self).environment(folder), **adapter, **ocr},
            layers=layers,
            architecture=stage.architecture,
            memory_mib=shape.memory_mib,
            timeout_s=shape.timeout_s,
            log_days=stage.log_days,
        )

    @property
    def large_machine(self) -> str:
        """By its name: the worker is told of the machine that calls it."""
        arn = cdk.ArnFormat.COLON_RESOURCE_NAME
        return self.format_arn(service="states", resource="stateMachine", resource_name=f"large-{self.stage.stack_name}", arn_format=arn)

    def vector_buckets(self) -> list[str]:
        """The vector buckets that the stage's engines lie in."""
        others = [one.location for one in self.stage.vector_engines.values() if one.kind == "s3vectors"]
        return [*([self.vectors.name] if self.vectors else []), *others]

    def _routes(self) -> None:
        paths = {folder.name: folder.paths() for folder in discovery.functions() if folder.http}
        for prefix, function in discovery.owners(paths).items():
            self.api.route(prefix, self.functions[function].live)

    def _ingest(self) -> None:
        feed_from_bucket(self, self.storage.door, self.ingestion)
        if "ingest" in self.functions:
            consume(self.functions["ingest"].live, self.ingestion, batch=10, concurrency=self.stage.ingest_concurrency)
            sweep(self, "Sweep", self.functions["ingest"].live, self.ingestion, description="Take up unfinished documents")
            if self.search:
                care(self, "SearchCare", self.functions["ingest"].live, self.ingestion)
        if "ledger" in self.functions:
            sweep(self, "LedgerSweep", self.functions["ledger"].live, self.ingestion, description="Charge expired leases, alert")
        if "triggers" in self.functions:
            self.starts.feed(self.storage.door, self.functions["triggers"].live, tuple(self.stage.event_tenants))
        if "step" in self.functions:
            sweep(self, "ChainSweep", self.functions["step"].live, self.ingestion, description="Carry on lost runs, remind of approvals")

    def _data(self) -> DataApi:
        answerer = self.functions["data"].live
        return DataApi(self, "DataApi", name=self.stage.stack_name, views=self.stage.data_views, answerer=answerer)

    def _grant(self) -> None:
        grants = Grants(self)
        for folder in discovery.functions():
            grants.to(folder)
