"""Stable keys: the same raw values give the same key in every run, on every machine."""

import hashlib
import json

KEY_LENGTH = 16


def stable_id(prefix: str, *values: object) -> str:
    """Key made of a prefix and a SHA-256 over raw values.

    Args:
        prefix: short name of the kind of row (`doc`, `org`, `agr` …).
        values: the fewest raw values that identify the row; None is a value of its own.

    Returns:
        `prefix-` followed by 16 hexadecimal digits.
    """
    return f"{prefix}-{content_hash(json.dumps([None if v is None else str(v) for v in values], ensure_ascii=False))[:KEY_LENGTH]}"


def content_hash(content: str | bytes) -> str:
    """SHA-256 of a text (as UTF-8) or of bytes, in hexadecimal."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()
