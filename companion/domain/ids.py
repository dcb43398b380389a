"""Identifiers that people can read out and type."""

import secrets


def new_id(kind: str) -> str:
    """A fresh identifier such as ``pairing-4f9c21d07a``: 40 random bits, and the store refuses a repeat."""
    return f"{kind}-{secrets.token_hex(5)}"
