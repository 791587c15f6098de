"""Who calls: keys, tokens, tenants, and the caller they resolve to."""

from maru.identity.caller import ROLES, SCOPES, SERVED, Caller, serving

__all__ = ["ROLES", "SCOPES", "SERVED", "Caller", "serving"]
