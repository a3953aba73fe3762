"""Sources → documents ready for extraction: read, decode, clean, identify the language, find doubles.

What cannot be used comes out as `Quarantined`; each document that a source holds comes out once, with an address and a key of its own.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace

from pipeline.core.errors import DocumentError, SourceError
from pipeline.core.facts import Document, Quarantined
from pipeline.core.ids import content_hash, stable_id
from pipeline.documents.clean import clean
from pipeline.documents.language import UNKNOWN, Language, detect_language
from pipeline.documents.raw import RawDocument, set_aside
from pipeline.documents.rules import Rules, read_rules
from pipeline.documents.sources import Source, read_source
from pipeline.documents.state import SourceState

LOG = logging.getLogger(__name__)
Loaded = Document | Quarantined
NOTHING: Mapping[str, Loaded] = {}


@dataclass(slots=True)
class Seen:
    """Addresses and texts met so far in one load: text hash → the address that had it first."""

    addresses: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)


def load_documents(
    sources: Iterable[Source],
    *,
    state: SourceState | None = None,
    known: Mapping[str, Loaded] = NOTHING,
    learned: MutableMapping[str, Loaded] | None = None,
    report: Callable[[SourceError], None] | None = None,
    rules: Rules | None = None,
) -> Iterator[Loaded]:
    """Documents of all sources, in a fixed order.

    Args:
        sources: where to read, in this order.
        state: what earlier runs kept of web sources.
        known: results of an earlier load by `content_key`: a document found there is neither cleaned nor identified again.
        learned: receives the results of this load by `content_key`, to be handed in as `known` next time.
        report: called with the error of a source that cannot be read, and the load goes on; without it the error is raised.
        rules: thresholds and patterns, those of `models/documents/` by default.

    Returns:
        An iterator of documents in the wanted language and of those set aside, one for each that the sources hold.

    Raises:
        SourceError: a source cannot be read and nobody asked for a report.
    """
    rules = rules or read_rules()
    seen = Seen()
    for source in sources:
        for found in source_documents(source, state, report, rules):
            yield load_one(with_own_address(found, seen), seen, known, learned, rules)


def source_documents(
    source: Source, state: SourceState | None, report: Callable[[SourceError], None] | None, rules: Rules
) -> Iterator[RawDocument | Quarantined]:
    """Raw documents of one source; its error is reported where there is somebody to report to."""
    try:
        for found in read_source(source, state=state, rules=rules):
            if isinstance(found, RawDocument) and found.publisher is None:
                found = replace(found, publisher=source.publisher)
            yield found
    except SourceError as error:
        if report is None:
            raise
        LOG.warning("source %s: %s", source.name, error)
        report(error)


def with_own_address(found: RawDocument | Quarantined, seen: Seen) -> RawDocument | Quarantined:
    """The same, its address told apart (`name#2`) from an equal one that came before."""
    number, address = 1, found.source_uri
    while address in seen.addresses:
        number += 1
        address = f"{found.source_uri}#{number}"
    seen.addresses.add(address)
    if number == 1:
        return found
    if isinstance(found, RawDocument):
        return replace(found, source_uri=address)
    return replace(found, source_uri=address, document_id=stable_id("doc", address))


def load_one(
    found: RawDocument | Quarantined, seen: Seen, known: Mapping[str, Loaded], learned: MutableMapping[str, Loaded] | None, rules: Rules
) -> Loaded:
    """One document, cleaned or taken from what is known, doubles set aside."""
    if isinstance(found, Quarantined):
        return found
    key = content_key(found, rules=rules)
    loaded = known.get(key) or prepare(found, rules)
    if learned is not None:
        learned[key] = loaded
    return loaded if isinstance(loaded, Quarantined) else unless_double(loaded, seen)


def content_key(raw: RawDocument, *, rules: Rules | None = None) -> str:
    """Hash of everything that cleaning and language detection depend on: address, bytes, the source's own words, and the rules."""
    words = (raw.source_uri, raw.form, raw.title, raw.url, raw.published_on, raw.publisher, raw.language, raw.charset)
    return stable_id("key", *words, content_hash(raw.content), (rules or read_rules()).digest)


def prepare(raw: RawDocument, rules: Rules) -> Loaded:
    """Clean one document and identify its language."""
    try:
        cleaned = clean(raw, rules=rules)
    except DocumentError as error:
        return set_aside(raw.source_uri, str(error), raw.content)
    language = believed(detect_language(cleaned.text, rules=rules.thresholds.language), raw, rules)
    document = Document(
        document_id=stable_id("doc", raw.source_uri),
        source_uri=raw.source_uri,
        text=cleaned.text,
        content_sha256=content_hash(raw.content),
        title=cleaned.title,
        publisher=cleaned.publisher,
        published_on=cleaned.published_on,
        language=language.code,
        language_confidence=language.confidence,
    )
    return document if language.code == rules.thresholds.language.wanted else foreign(document, rules)


def believed(found: Language, raw: RawDocument, rules: Rules) -> Language:
    """What was found, or, where no language reaches the threshold, the wanted one if the source declares it."""
    wanted = rules.thresholds.language.wanted
    unsure = found.confidence < rules.thresholds.language.threshold
    declares = (raw.language or "").lower().startswith(wanted)
    return Language(wanted, found.confidence) if unsure and declares else found


def foreign(document: Document, rules: Rules) -> Quarantined:
    """The row for a document in another language, or in none that is recognised."""
    wanted, code, confidence = rules.thresholds.language.wanted, document.language, document.language_confidence
    found = "no language is recognised" if code == UNKNOWN else f"the language found is {code} ({confidence:.0%})"
    return without_text(document, f"not in the language that is read ({wanted}): {found}")


def without_text(document: Document, reason: str) -> Quarantined:
    """The row for a document that was read and is set aside."""
    return Quarantined(
        document_id=document.document_id,
        source_uri=document.source_uri,
        reason=reason,
        content_sha256=document.content_sha256,
        title=document.title,
        language=document.language,
        language_confidence=document.language_confidence,
        char_count=len(document.text),
    )


def unless_double(document: Document, seen: Seen) -> Loaded:
    """The document, or, where its text was met before (spaces aside), a row that names the first one."""
    digest = content_hash(" ".join(document.text.split()))
    first = seen.texts.setdefault(digest, document.source_uri)
    return document if first == document.source_uri else without_text(document, f"the same text as {first}")
