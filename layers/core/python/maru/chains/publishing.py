"""From a text to a published machine: read, checked, linked, compiled, checked again, and only then given to Step Functions."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError
from pydantic import Field

from maru.chains import structure
from maru.chains.arming import ARMED, TriggerStore, lender
from maru.chains.checks import verify
from maru.chains.compiler import Worker, compile_program
from maru.chains.document import Chain
from maru.chains.known import Known
from maru.chains.loading import ChainInvalid, Problem, parse, read
from maru.chains.program import Program
from maru.chains.store import ChainStore, ChainVersion
from maru.errors import MaruError, NotFound
from maru.identity import Caller
from maru.settings import Settings


class MachineSettings(Settings):
    """What publishing and starting need: the worker that machines invoke, the one role they have, and how they are named.

    ``shipped_machines`` maps a shipped chain to the machine's version that fits the catalogue beside it.
    """

    stage: str
    step_function_arn: str
    chain_role_arn: str
    machine_arn_prefix: str
    shipped_machines: dict[str, str] = Field(default={})
    webhook_hosts: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        """``aws``, or another of AWS's partitions."""
        return self.machine_arn_prefix.split(":")[1]


def machine_name(stage: str, tenant: str | None, chain: str) -> str:
    """The name of a chain's machine: ``maru-{stage}-…``; tenants by a hash, as names of machines are short."""
    owner = f"t{hashlib.sha256(tenant.encode()).hexdigest()[:12]}" if tenant is not None else "shipped"
    return f"maru-{stage}-{owner}-{chain}"


def machine_of(version: ChainVersion, shipped: Mapping[str, str]) -> str:
    """Where a version's executions start; raises :class:`MaruError` where the stage has not published it."""
    machine = version.machine or shipped.get(version.name, "")
    if not machine:
        raise MaruError(f"The chain '{version.name}' has no machine on this stage.")
    return machine


class Publisher:
    """``known`` tells what a tenant's chains may name."""

    def __init__(
        self, settings: MachineSettings, chains: ChainStore, client: Any, known: Callable[[str], Known], triggers: TriggerStore
    ) -> None:
        self._settings, self._chains, self._client, self._known, self._triggers = settings, chains, client, known, triggers

    def check(self, caller: Caller, text: str) -> Program:
        """The program of a text; raises :class:`ChainInvalid` with everything that is wrong. Publishes nothing."""
        source, tenant = read(text), caller.tenant
        chain = parse(source)
        verify(chain, source, replace(self._known(tenant), run_as=lender(caller)))

        def resolve(reference: str) -> Chain:
            name, _, which = reference.partition("@")
            try:
                return self._chains.find(tenant, name, which or "live").chain
            except NotFound as error:
                raise ChainInvalid([_at_reference(source, chain, reference, error.message)]) from error

        program = Program.link(chain, resolve)
        self._compiled(program)
        return program

    def publish(self, caller: Caller, text: str) -> ChainVersion:
        """Make the next version; content equal to the newest version's gives that one again. Raises as :meth:`check` does."""
        program, tenant = self.check(caller, text), caller.tenant
        newest = self._chains.newest(tenant, program.chain.chain)
        if newest and newest.program.checksum == program.checksum:
            return newest
        name = machine_name(self._settings.stage, tenant, program.chain.chain)
        machine = self._publish(name, self._compiled(program), program.checksum)
        return self._chains.add(tenant, program, machine, user=caller.user)

    def alias(self, caller: Caller, version: ChainVersion, label: str) -> None:
        """Let the machine's alias of a label lead to a version, whose triggers are armed where the label is `live`."""
        if label == ARMED:
            behind = list(dict.fromkeys((version.created_by, caller.user)))
            self._triggers.arm(caller.tenant, version.name, version.version, version.chain, behind=behind)
        routing = [{"stateMachineVersionArn": version.machine, "weight": 100}]
        alias = f"{version.machine.rpartition(':')[0]}:{label}"
        try:
            self._client.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=routing)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"ResourceNotFound", "ResourceNotFoundException"}:
                raise
            self._client.create_state_machine_alias(name=label, routingConfiguration=routing)

    def unalias(self, tenant: str, version: ChainVersion, label: str) -> None:
        """Take the alias of a label away, and with `live` the triggers."""
        if label == ARMED:
            self._triggers.disarm(tenant, version.name)
        self._drop(version.machine, label)

    def _drop(self, machine: str, label: str) -> None:
        self._client.delete_state_machine_alias(stateMachineAliasArn=f"{machine.rpartition(':')[0]}:{label}")

    def retire(self, tenant: str, versions: list[ChainVersion], labels: dict[str, int]) -> None:
        """Delete a chain's machine and triggers; executions under way end with it, so callers see to it that there are none."""
        self._triggers.disarm(tenant, versions[0].name)
        for machine in {one.machine.rpartition(":")[0] for one in versions}:
            for label in labels:
                self._drop(f"{machine}:0", label)
            self._client.delete_state_machine(stateMachineArn=machine)

    def machine_of(self, version: ChainVersion) -> str:
        """Where a version's executions start; raises :class:`MaruError` where this stage has not published it."""
        return machine_of(version, self._settings.shipped_machines)

    def _compiled(self, program: Program) -> str:
        definition = compile_program(program, Worker(self._settings.step_function_arn, self._settings.partition))
        return structure.demand(definition)

    def _publish(self, name: str, definition: str, checksum: str) -> str:
        self._demand_valid(definition)
        role = self._settings.chain_role_arn
        try:
            made = self._client.create_state_machine(
                name=name,
                definition=definition,
                roleArn=role,
                type="STANDARD",
                publish=True,
                versionDescription=checksum,
                tracingConfiguration={"enabled": True},
                tags=[{"key": "application", "value": "maru"}, {"key": "stage", "value": self._settings.stage}],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"StateMachineAlreadyExists", "ConflictException"}:
                raise
            arn = f"{self._settings.machine_arn_prefix.rpartition(':')[0]}:{name}"
            made = self._client.update_state_machine(
                stateMachineArn=arn, definition=definition, roleArn=role, publish=True, versionDescription=checksum
            )
        return str(made["stateMachineVersionArn"])

    def _demand_valid(self, definition: str) -> None:
        """Ask Step Functions itself; what it refuses is never published."""
        answer = self._client.validate_state_machine_definition(definition=definition, type="STANDARD", severity="ERROR")
        if answer["result"] != "OK":
            told = "; ".join(f"{one.get('location', '')}: {one.get('message', '')}" for one in answer.get("diagnostics", [])[:5])
            raise ChainInvalid([Problem(f"Step Functions refuses the definition: {told}")])


def _at_reference(source: Any, chain: Chain, reference: str, message: str) -> Problem:
    from maru.chains.document import all_steps
    from maru.chains.kinds import Nested

    step = next(one.id for one in all_steps(chain.steps) if isinstance(one, Nested) and one.chain == reference)
    line = next((line for path, line in source.lines.items() if path and path[-1] == "chain" and source.step(path) == step), None)
    return Problem(message.rstrip("."), line, step)
