"""A document as its source delivers it, before decoding and cleaning."""

from dataclasses import dataclass
from typing import Literal

from pipeline.core.facts import Quarantined
from pipeline.core.ids import content_hash, stable_id

Form = Literal["text", "html"]


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Bytes and what the source says about them.

    `content` is what `content_sha256` is computed from: the unpacked file, one line of a `.jsonl`, the body of a page. `body` is the text
    or HTML inside it when it is already decoded (a JSON field), else None. `charset` is what the carrier declares, which is often wrong.
    `published_on` and `language` are the source's own words, not yet checked.
    """

    source_uri: str
    content: bytes
    form: Form
    body: str | None = None
    title: str | None = None
    url: str | None = None
    published_on: str | None = None
    publisher: str | None = None
    language: str | None = None
    charset: str | None = None


def set_aside(source_uri: str, reason: str, content: bytes | None = None) -> Quarantined:
    """A row for a document that cannot be used.

    Args:
        source_uri: where it was found.
        reason: why, in words that a person understands.
        content: its bytes as far as they could be read, None if they could not.
    """
    digest = None if content is None else content_hash(content)
    return Quarantined(stable_id("doc", source_uri), source_uri, reason, content_sha256=digest)
