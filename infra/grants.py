"""Every grant of the stack. A function may touch what its settings name, and of that only what is written here."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from infra.constructs import search, vectors
from infra.discovery import FunctionFolder
from infra.models import bedrock_arns, endpoint_arns
from maru.chains.triggers import EVENTS
from maru.governance.holdings import HELD

if TYPE_CHECKING:
    from infra.stack import MaruStack

_READ = ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")
_WRITE = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")

#: Tables that `admin` alone changes: all others read them, and write nothing but the audit row of their own call.
_ADMINS = {"keys": _READ, "tenants": _READ, "identities": _READ, "audit": ("PutItem", "BatchWriteItem")}
#: What the guard's own function reads to tell who uses a policy.
_NAMING = {"agents": _READ, "chains": _READ}
#: Tables of documents as functions that only search see them; a search notes when its store was last used.
_SEARCHED = {"files": _READ, "vector_store_files": _READ, "renderings": _READ, "vector_stores": (*_READ, "UpdateItem")}

#: What the API may do with machines of its stage, and with no other.
_PUBLISH = (
    "CreateStateMachine",
    "UpdateStateMachine",
    "DeleteStateMachine",
    "PublishStateMachineVersion",
    "TagResource",
    "CreateStateMachineAlias",
    "UpdateStateMachineAlias",
    "DeleteStateMachineAlias",
)

_TAKE = ("GetObject", "GetObjectVersion", "DeleteObject", "DeleteObjectVersion")
#: Where documents lie in Maru's own bucket.
OWN_PREFIXES = ("files", "renderings", "uploads")

#: What reads scanned pages where the stage says so; Textract's actions know no resources.
_TEXTRACT = {"textract": "textract:AnalyzeDocument", "textract-text": "textract:DetectDocumentText"}


class Grants:
    """Gives each function's role what the function needs."""

    def __init__(self, stack: "MaruStack") -> None:
        self._stack = stack

    def to(self, folder: FunctionFolder) -> None:
        """Grant one function everything that its settings name."""
        names = folder.settings.model_fields
        for table in self._stack.tables:
            if f"{table}_table" in names:
                self._table(folder, table)
        if "idempotency_table" in names:
            self._kept_answers(folder, names)
        if "completions_table" in names:
            self._objects(folder, self._stack.storage.own, ("GetObject", "PutObject", "DeleteObject"), "completions")
        self._documents(folder, names.keys())
        self._services(folder)
        self._chains(folder)
        if {"model_values", "models"} & names.keys():
            self._models(folder)
        if "policies_table" in names:
            self._guards(folder)
        if "held_tables" in names:
            self._held(folder)

    def _kept_answers(self, folder: FunctionFolder, names: Collection[str]) -> None:
        """Large answers to an Idempotency-Key: who gives answers reads and writes them, and who knows what they show takes them away."""
        own = self._stack.storage.own
        if folder.http:
            self._objects(folder, own, ("GetObject", "PutObject"), "idempotency")
        if "cache_table" in names:
            self._objects(folder, own, ("DeleteObject", "DeleteObjectVersion"), "idempotency")
            self._allow(folder, ["s3:ListBucket"], [own.bucket_arn])  # without it an object that was taken away is one that is forbidden

    def _services(self, folder: FunctionFolder) -> None:
        names = folder.settings.model_fields
        if "alert_topic_arn" in names and self._stack.stage.alarm_topic_arn:
            self._allow(folder, ["sns:Publish"], [self._stack.stage.alarm_topic_arn])
        if "ingest_queue_url" in names:
            self._stack.ingestion.allow_sending(self._role(folder))
        if "tool_functions" in names:
            self._allow(folder, ["lambda:InvokeFunction"], list(self._stack.tool_functions().values()))
        if "dead_letters_url" in names:
            self._stack.ingestion.dead.grant(self._role(folder), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        if "event_bus" in names:
            bus = self._stack.format_arn(service="events", resource="event-bus", resource_name="default")
            self._allow(folder, ["events:PutEvents"], [bus])
        if "data_secret" in names and self._stack.stage.data_secret:
            self._allow(folder, ["secretsmanager:GetSecretValue"], [self._stack.stage.data_secret])
        if "guard_key" in names:
            self._allow(folder, ["kms:GenerateDataKey", "kms:Decrypt"], [self._stack.hiding.key.key_arn])

    def _held(self, folder: FunctionFolder) -> None:
        """Reading every table that holds something of tenants, and, for the worker, taking from it: exports and erasures.

        Deleting closes: without its key or its row nobody is let in, so that this opens nothing that ingestion may not do.
        """
        stack, machines = self._stack, self._stack.machines
        names = sorted({held.table for held in HELD})
        tables = [stack.tables[name].table_arn for name in names]
        indexes = [
            f"{stack.tables[name].table_arn}/index/{one.name}" for name in names for one in stack.specs[name].indexes if one.key == "tenant"
        ]
        self._allow(folder, ["dynamodb:Query", "dynamodb:Scan", "dynamodb:GetItem"], [*tables, *indexes])
        if folder.http:
            self._objects(folder, stack.storage.own, ("GetObject",), "runs")
            self._objects(folder, stack.storage.own, ("GetObject",), "completions")
            return
        assert machines is not None  # noqa: S101 - the worker's folder is part of the tree
        taken = {held.table for held in HELD if held.erased != "never"} | {"chain_programs"}
        self._allow(folder, ["dynamodb:DeleteItem"], [stack.tables[name].table_arn for name in sorted(taken)])
        self._allow(folder, ["dynamodb:UpdateItem"], [stack.tables[name].table_arn for name in ("runs", "run_steps")])
        for prefix in ("runs", "completions"):
            self._objects(folder, stack.storage.own, ("DeleteObject", "DeleteObjectVersion"), prefix)
        self._allow(folder, ["states:DeleteStateMachine", "states:DeleteStateMachineAlias"], [f"{machines.prefix}*"])
        self._allow(folder, ["states:StopExecution"], [f"{machines.executions}:*"])

    def _chains(self, folder: FunctionFolder) -> None:
        if "runs_table" in folder.settings.model_fields:
            self._runs(folder)
        if "start_queue_url" in folder.settings.model_fields:
            self._starts(folder)

    def _runs(self, folder: FunctionFolder) -> None:
        """Starting, watching and ending executions; publishing machines for who knows the worker, and telling for who serves steps."""
        names, machines = folder.settings.model_fields, self._stack.machines
        assert machines is not None  # noqa: S101 - the worker's folder is part of the tree
        every = f"{machines.prefix}*"
        self._objects(folder, self._stack.storage.own, ("GetObject", "PutObject"), "runs")
        self._allow(folder, ["states:StartExecution", "states:SendTaskSuccess"], [every])
        self._allow(folder, ["states:DescribeExecution", "states:StopExecution"], [f"{machines.executions}:*"])
        if "webhook_secret_arn" not in names:
            return
        self._allow(folder, ["secretsmanager:GetSecretValue"], [self._stack.notices.secret.secret_arn])
        if "step_function_arn" not in names:
            self._allow(folder, ["sns:Publish"], [self._stack.notices.topic.topic_arn])
            return
        self._allow(folder, [f"states:{action}" for action in _PUBLISH], [every])
        self._allow(folder, ["states:ValidateStateMachineDefinition"], ["*"])
        passed = {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}
        statement = iam.PolicyStatement(actions=["iam:PassRole"], resources=[machines.role.role_arn], conditions=passed)
        self._role(folder).add_to_policy(statement)

    def _starts(self, folder: FunctionFolder) -> None:
        """Start events: put into the queue, read where they lie in S3, given up and taken up again."""
        starts, role = self._stack.starts, self._role(folder)
        starts.queue.grant(role, "sqs:SendMessage")
        if "door_bucket" in folder.settings.model_fields:
            starts.queue.grant(role, "sqs:ChangeMessageVisibility")
            starts.dead.grant(role, "sqs:SendMessage")
            self._objects(folder, self._stack.storage.door, ("GetObject", "GetObjectVersion"), f"*/{EVENTS}")
        else:
            starts.dead.grant(role, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

    def _guards(self, folder: FunctionFolder) -> None:
        """What policies may ask beside the local checks, as far as the stage offers it."""
        if self._stack.stage.guardrail_arns:
            self._allow(folder, ["bedrock:ApplyGuardrail"], list(self._stack.stage.guardrail_arns))
        if self._stack.stage.comprehend:
            # Comprehend's actions know no resources.
            self._allow(folder, ["comprehend:DetectToxicContent", "comprehend:DetectPiiEntities"], ["*"])

    def _models(self, folder: FunctionFolder) -> None:
        arns = bedrock_arns(self._stack, self._stack.aliases)
        if arns:
            self._allow(folder, ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], arns)
        if any(target.provider == "bedrock-rerank" for alias in self._stack.aliases for target in alias.targets):
            # Beside InvokeModel on the model itself; this action knows no resources.
            self._allow(folder, ["bedrock:Rerank"], ["*"])
        if endpoints := endpoint_arns(self._stack, self._stack.aliases):
            self._allow(folder, ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"], endpoints)
        if self._stack.model_keys:
            self._allow(folder, ["secretsmanager:GetSecretValue"], [self._stack.model_keys.secret_arn])

    def _table(self, folder: FunctionFolder, name: str) -> None:
        less = {} if folder.name == "admin" else _ADMINS
        if "door_bucket" not in folder.settings.model_fields:
            less = less | _SEARCHED | {"retention": _READ}
        if folder.name == "moderation":
            less = less | _NAMING
        if folder.name == "chains":
            less = less | {"cache": ("PutItem", "ConditionCheckItem")}  # what its answers show; cached ones are none of its business
        if not folder.http:
            less = less | {"idempotency": ("UpdateItem",)}
        actions = less.get(name, _READ + _WRITE)
        table: dynamodb.Table = self._stack.tables[name]
        indexes = [f"{table.table_arn}/index/{index.name}" for index in self._stack.specs[name].indexes]
        self._allow(folder, [f"dynamodb:{action}" for action in actions], [table.table_arn])
        if indexes and "Query" in actions:
            self._allow(folder, ["dynamodb:Query"], indexes)

    def _documents(self, folder: FunctionFolder, names: Collection[str]) -> None:
        """Searching, for functions that know the renderings; and keeping documents, for those that know the door they come through."""
        if "renderings_table" not in names:
            return
        own, door = self._stack.storage.own, self._stack.storage.door
        if self._stack.search:
            self._allow(folder, search.ACTIONS, [f"{self._stack.search.domain.domain_arn}/*"])
        self._engines(folder)
        self._objects(folder, own, ("GetObject",), "renderings")
        # Without the right to list, S3 answers 403 instead of 404 for an object that is gone.
        self._allow(folder, ["s3:ListBucket"], [own.bucket_arn])
        if "ocr" in names and (action := _TEXTRACT.get(self._stack.stage.ocr)):
            self._allow(folder, [action], ["*"])
        if "door_bucket" in names:
            for prefix in OWN_PREFIXES:
                self._objects(folder, own, (*_TAKE, "PutObject", "AbortMultipartUpload"), prefix)
            self._objects(folder, door, _TAKE)
            self._allow(folder, ["s3:ListBucket", "s3:ListBucketVersions"], [own.bucket_arn, door.bucket_arn])

    def _engines(self, folder: FunctionFolder) -> None:
        """Vector buckets, secrets of engines elsewhere, rebuilds, and the right to hand the search domain the role for its snapshots."""
        stack = self._stack
        for bucket in stack.vector_buckets():
            arn = stack.format_arn(service="s3vectors", resource="bucket", resource_name=bucket)
            self._allow(folder, vectors.ACTIONS, [arn, f"{arn}/index/*"])
        secrets = sorted({one.secret for one in stack.stage.vector_engines.values() if one.secret})
        if secrets:
            self._allow(folder, ["secretsmanager:GetSecretValue"], secrets)
        if stack.rebuild and "rebuild_machine_arn" in folder.settings.model_fields:
            self._allow(folder, ["states:StartExecution"], [stack.rebuild.machine.state_machine_arn])
        if "large_machine_arn" in folder.settings.model_fields:
            self._allow(folder, ["states:StartExecution"], [stack.large_machine])
        if stack.search and "snapshot_role" in folder.settings.model_fields:
            self._allow(folder, ["iam:PassRole"], [stack.search.snapshot_role.role_arn])

    def _objects(self, folder: FunctionFolder, bucket: s3.Bucket, actions: tuple[str, ...], prefix: str = "") -> None:
        resource = f"{bucket.bucket_arn}/{prefix}/*" if prefix else f"{bucket.bucket_arn}/*"
        self._allow(folder, [f"s3:{action}" for action in actions], [resource])

    def _allow(self, folder: FunctionFolder, actions: list[str] | tuple[str, ...], resources: list[str]) -> None:
        self._role(folder).add_to_policy(iam.PolicyStatement(actions=list(actions), resources=resources))

    def _role(self, folder: FunctionFolder) -> iam.Role:
        return self._stack.functions[folder.name].role
