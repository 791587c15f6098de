"""The headers that a browser gets with the console, wherever it is served from."""

from collections.abc import Sequence

#: One name for two scripts: what PDF.js needs to start its worker. No other code of the console may make a script's address.
_TRUSTED_TYPES = "maru-worker"


def content_security_policy(sign_in_origins: Sequence[str]) -> str:
    """The policy: everything from the console's own origin, tokens from the sign-in service, images that a person pastes."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob: data:",
        "font-src": "'self'",
        "connect-src": " ".join(("'self'", *sign_in_origins)),
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": _TRUSTED_TYPES,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


#: The one file that pages of other origins load: the chat that they embed.
WIDGET = "/widget.js"


def security_headers(sign_in_origins: Sequence[str], *, everywhere: bool = False) -> dict[str, str]:
    """All of them, names in lower case; ``everywhere`` lets pages of other origins load the file."""
    return {
        "content-security-policy": content_security_policy(sign_in_origins),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "cross-origin" if everywhere else "same-origin",
    }
