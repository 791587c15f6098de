"""What a tenant's chains may name on a stage: models, prompts, policies, hosts of webhooks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from maru.chains.triggers import RunAs
from maru.errors import NotFound
from maru.guard.policies import PolicyStore
from maru.models.catalogue import Catalogue
from maru.prompts.store import PromptStore


@dataclass(frozen=True)
class Known:
    """What a chain may name: each function says what is wrong with a name, or None."""

    model: Callable[[str], str | None] = lambda _: None
    prompt: Callable[[str], str | None] = lambda _: None
    policy: Callable[[str], str | None] = lambda _: None
    webhook_hosts: frozenset[str] = field(default_factory=frozenset)
    #: The catalogue's chains do not know the stage: the worker refuses what is not on its list.
    hosts_unknown: bool = False
    run_as: Callable[[RunAs], str | None] = lambda _: None


def known(catalogue: Catalogue, prompts: PromptStore, policies: PolicyStore, hosts: frozenset[str]) -> Callable[[str], Known]:
    """What a tenant's chains may name on this stage."""

    def model(alias: str) -> str | None:
        found = catalogue.get(alias)
        return None if found is not None and found.kind == "chat" else f"there is no chat model '{alias}'"

    def of(tenant: str) -> Known:
        def prompt(reference: str) -> str | None:
            name, _, which = reference.partition("@")
            return _missing(lambda: prompts.find(tenant, name, which or "live"))

        return Known(model, prompt, lambda name: _missing(lambda: policies.find(tenant, name)), hosts)

    return of


def _missing(find: Callable[[], object]) -> str | None:
    try:
        find()
    except NotFound as error:
        return error.message.rstrip(".")
    return None
