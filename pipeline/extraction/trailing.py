"""Lists whose names carry their country behind them: "(Wistar Institute US, Biominas et Cinnamed Brésil, …)".

A country right after a name belongs to the name ("Business France") unless its neighbours in the list do the same: then it is taken off
every name, and given to the names before it that have none.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.facts import Label, Mention, Span
from pipeline.extraction.places import Place

LIST = re.compile(r"\(([^()\n]{30,800})\)")
ITEM = re.compile(r"[^,;]+")
LEAST = 2


def trim_countries(text: str, mentions: Sequence[Mention], places: Sequence[Place]) -> list[Mention]:
    """The mentions, those of such lists without the country at their end."""
    trimmed = list(mentions)
    for match in LIST.finditer(text):
        ends = [trailing(text, Span(match.start(1) + i.start(), match.start(1) + i.end()), places) for i in ITEM.finditer(match[1])]
        if sum(end is not None for end in ends) >= LEAST:
            trimmed = [cut(text, mention, [end for end in ends if end is not None]) for mention in trimmed]
    return trimmed


def trailing(text: str, item: Span, places: Sequence[Place]) -> Place | None:
    """The country that ends a list item after a name."""
    words = item.quote(text).rstrip()
    for place in places:
        ends = place.span.end == item.start + len(words) and place.territory.kind == "country"
        if (
            ends
            and re.search(r"\w\s+\Z", text[item.start : place.span.start])
            and not re.search(r"\b(?:of|de|du|d['’])\s*\Z", text[item.start : place.span.start])
        ):
            return place
    return None


def cut(text: str, mention: Mention, ends: Sequence[Place]) -> Mention:
    """A mention without the country that it ends with."""
    for place in ends:
        if mention.label is not Label.PLACE and mention.span.start < place.span.start < mention.span.end:
            name = text[mention.span.start : place.span.start].rstrip(" -–")
            return replace(mention, span=Span(mention.span.start, mention.span.start + len(name)), name=name)
    return mention
