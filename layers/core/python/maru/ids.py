"""Identifiers in OpenAI's manner: a prefix that names the kind, and 96 random bits."""

import secrets


def new_id(prefix: str) -> str:
    """A new identifier, ``prefix`` (with its separator, such as ``file-`` or ``vs_``) and 24 hexadecimal digits."""
    return prefix + secrets.token_hex(12)
