"""The caller of a request, and the scopes and roles that say what callers may do."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from maru.errors import BadRequest, Forbidden
from maru.identity.published import Published

#: Every scope and what it opens.
SCOPES = {
    "chat": "models, agents, sessions and feedback",
    "knowledge:read": "read files and vector stores, search",
    "knowledge:write": "create, change and delete files and vector stores",
    "build": "agents, prompts, chains and policies",
    "chains": "run chains, and read the runs that one started",
    "runs:read_all": "read and replay runs of others in the caller's own tenant",
    "approve": "decide approvals",
    "admin": "keys, usage, budgets and audit of the caller's own tenant",
    "operator": "the platform: all tenants",
}

_USER = frozenset({"chat", "knowledge:read"})
_EDITOR = _USER | {"knowledge:write"}
_BUILDER = _EDITOR | {"build", "chains"}

#: Roles are named sets of scopes.
ROLES: dict[str, frozenset[str]] = {
    "user": _USER,
    "editor": _EDITOR,
    "builder": _BUILDER,
    "approver": _USER | {"chains", "approve"},
    "admin": _BUILDER | {"approve", "admin", "runs:read_all"},
    "operator": frozenset(SCOPES),
}


@dataclass(frozen=True)
class Caller:
    """Who a request acts for; the tenant never comes from anywhere else than here."""

    tenant: str
    user: str
    groups: tuple[str, ...]
    scopes: frozenset[str]
    key_id: str
    #: What holds for a key that stands in web pages; None for everybody else.
    published: Published | None = None

    @property
    def principals(self) -> tuple[str, ...]:
        """The entries of an ACL that let this caller see a document; ``public`` means the whole tenant."""
        return (f"user:{self.user}", *(f"group:{name}" for name in self.groups), "public")

    def require(self, scope: str) -> None:
        """Raise :class:`Forbidden` unless the caller holds ``scope``."""
        if scope not in self.scopes:
            raise Forbidden(f"This call needs the scope '{scope}', which your key does not have.", code="missing_scope")

    def granting(self, role: str | None, scopes: Iterable[str] | None) -> frozenset[str]:
        """The scopes to give to somebody else; raises :class:`Forbidden` for any that this caller lacks."""
        wanted = scopes_of(role, scopes)
        if missing := wanted - self.scopes:
            raise Forbidden(f"You cannot grant the scope '{min(missing)}', which you do not have.", param="role" if role else "scopes")
        return wanted

    def tenant_for(self, requested: str | None) -> str:
        """The tenant an administrative call acts on: the caller's own, or a foreign one for an operator alone."""
        if requested in (None, "", self.tenant):
            return self.tenant
        if "operator" not in self.scopes:
            raise Forbidden("Only an operator may name another tenant.", param="tenant")
        return str(requested)


def scopes_of(role: str | None, scopes: Iterable[str] | None) -> frozenset[str]:
    """The scopes that a role or an explicit list stands for; raises :class:`BadRequest` naming the field."""
    if role is not None and scopes is not None:
        raise BadRequest("Give either 'role' or 'scopes', not both.", param="role")
    if role is not None:
        if role not in ROLES:
            raise BadRequest(f"Unknown role '{role}'. Use one of: {', '.join(ROLES)}.", param="role")
        return ROLES[role]
    wanted = frozenset(scopes or ())
    if unknown := wanted - SCOPES.keys():
        raise BadRequest(f"Unknown scope '{min(unknown)}'. Use some of: {', '.join(SCOPES)}.", param="scopes")
    if not wanted:
        raise BadRequest("Give a 'role' or at least one of 'scopes'.", param="scopes")
    return wanted


#: Whom the present request serves: for what is deep within it and is paid by them. Rights are checked on the caller that is handed on.
SERVED: ContextVar[Caller | None] = ContextVar("served", default=None)


@contextmanager
def serving(caller: Caller) -> Iterator[None]:
    """What is done within serves the caller: for workers, whose events are nobody's request."""
    token = SERVED.set(caller)
    try:
        yield
    finally:
        SERVED.reset(token)
