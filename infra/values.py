"""What functions are told: everything that a setting may be called, and what it is on this stage."""

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from infra import models
from infra.discovery import FunctionFolder

if TYPE_CHECKING:
    from infra.stack import MaruStack


class MissingPart(Exception):
    """The stage does not say what a function stands on; the message names it."""


class Values:
    """The values of a stack, of which each function gets those that its settings name."""

    def __init__(self, stack: "MaruStack") -> None:
        self._stack = stack

    def environment(self, folder: FunctionFolder) -> dict[str, str]:
        """The function's settings, made here with the stack's values; raises :class:`MissingPart` naming what it lacks."""
        known = self._values() | {"function": folder.name}
        if not folder.tool:
            known["tool_functions"] = self._stack.tool_functions()
        try:
            settings = folder.settings(**{name: known[name] for name in folder.settings.model_fields if known.get(name) is not None})
        except ValidationError as error:
            lacking = ", ".join(".".join(str(part) for part in problem["loc"]) for problem in error.errors())
            raise MissingPart(f"Stage '{self._stack.stage.name}' lacks what the function '{folder.name}' needs: {lacking}.") from error
        return settings.to_env() | self._engines(folder)

    def _engines(self, folder: FunctionFolder) -> dict[str, str]:
        """On one machine an operator names further engines at each start, when the template stands already."""
        if not self._stack.parameters or "vector_engines" not in folder.settings.model_fields:
            return {}
        return {"VECTOR_ENGINES": self._stack.parameters["VectorEngines"].value_as_string}

    def _values(self) -> dict[str, Any]:
        """Everything a setting may be called, and what it is on this stage."""
        stage, parameters = self._stack.stage, {name: one.value_as_string for name, one in self._stack.parameters.items()}
        model = models.settings(stage, parameters, self._stack.model_keys)
        return {
            **model,
            "models": model,
            **{f"{name}_table": table for name, table in self._stack.table_names.items()},
            "held_tables": f"{stage.stack_name}-{{}}",
            "stage": stage.name,
            "bucket": self._stack.storage.own.bucket_name,
            "guard_key": self._stack.hiding.key.key_arn,
            "door_bucket": self._stack.storage.door.bucket_name,
            "ingest_queue_url": self._stack.ingestion.queue.queue_url,
            "errands_queue_url": self._stack.ingestion.errands.queue_url,
            "event_bus": "default",
            "event_tenants": stage.event_tenants,
            "start_queue_url": self._stack.starts.queue.queue_url,
            "start_dead_url": self._stack.starts.dead.queue_url,
            "data_url": parameters["DataUrl"] if parameters else stage.data_url,
            "data_secret": stage.data_secret,
            "source_hosts": (parameters["SourceHosts"],) if parameters else stage.source_hosts,
            "ocr": stage.ocr,
            "dead_letters_url": self._stack.ingestion.dead.queue_url,
            "audit_retention_days": stage.audit_days,
            "cors_origins": stage.cors_origins,
            "alert_topic_arn": stage.alarm_topic_arn,
            "second_currency": stage.second_currency,
            "second_currency_rate": stage.second_currency_rate,
            "token_issuer": f"https://cognito-idp.{self._stack.region}.amazonaws.com/{self._stack.identity.pool.user_pool_id}",
            "token_jwks_url": f"{self._keys_host()}/{self._stack.identity.pool.user_pool_id}/.well-known/jwks.json",
            "token_audience": self._audience(),
            "vector_store": stage.vector_store,
            "vector_store_location": self._vector_store_location(),
            "vector_options": stage.vector_options,
            "vector_engines": stage.vector_engines,
            "large_machine_arn": self._stack.large_machine,
            "large_document_bytes": stage.large_document_mib * 1024 * 1024,
            "rebuild_machine_arn": self._stack.rebuild.machine.state_machine_arn if self._stack.rebuild else None,
            **(self._stack.search.care() if self._stack.search else {}),
            "webhook_hosts": stage.webhook_hosts,
            **self._chain_values(),
        }

    def _vector_store_location(self) -> str | None:
        if self._stack.search:
            return f"https://{self._stack.search.domain.domain_endpoint}"
        if self._stack.vectors:
            return self._stack.vectors.name
        return f"{self._stack.parameters['DataDir'].value_as_string}/vectors.sqlite" if self._stack.parameters else None

    def _chain_values(self) -> dict[str, Any]:
        notices = {"notify_topic_arn": self._stack.notices.topic.topic_arn, "webhook_secret_arn": self._stack.notices.secret.secret_arn}
        if self._stack.machines is None:
            return notices
        return notices | {
            "step_function_arn": self._stack.functions["step"].live.function_arn,
            "chain_role_arn": self._stack.machines.role.role_arn,
            "machine_arn_prefix": self._stack.machines.prefix,
            "shipped_machines": self._stack.machines.versions,
        }

    def _audience(self) -> str:
        """Whose tokens are taken: programs', and those of people at the console."""
        clients = [self._stack.identity.client, *([self._stack.console_client] if self._stack.console else [])]
        return " ".join(client.user_pool_client_id for client in clients)

    def _keys_host(self) -> str:
        if self._stack.parameters:
            return self._stack.parameters["AwsEndpoint"].value_as_string
        return f"https://cognito-idp.{self._stack.region}.amazonaws.com"
