"""What a name names: read from the words before it, after it and inside it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.facts import Label, Span
from pipeline.core.lexicon import Lexicon

OPENING = re.compile(r"[\s\u00a0«“\"'’(:–—-]*")
CALLED = re.compile(
    r"[\s,]*(?:dits?|dites?|(?:sur)?nomm[ée]e?s?|d[ée]nomm[ée]e?s?|baptis[ée]e?s?|intitul[ée]e?s?|appel[ée]e?s?)\b", re.IGNORECASE
)
GLUE = re.compile(
    r"(?:\s*\([^()\n]{1,60}\))?\s*(?:,|/|;|et|ou|ainsi que|et enfin|puis|&|–|-)?\s*(?:et\s+)?"
    r"(?:le |la |les |l['’]|de |du |d['’]|des |à |aux? |avec )?",
    re.IGNORECASE,
)
ADJECTIVES = 4


@dataclass(frozen=True, slots=True)
class Clue:
    """A label for a name, the id of the pattern that gave it and how far it can be trusted."""

    label: Label
    method: str
    score: float


def head_clues(text: str, sentence: Span, names: Sequence[Span], lexicon: Lexicon) -> Iterator[tuple[Span, Clue]]:
    """Labels that head nouns give to the names after them; a plural head gives its label to a whole coordinated list.

    Args:
        names: name candidates of the sentence, sorted.
    """
    for pattern in lexicon.patterns("heads"):
        for match in pattern.regex.finditer(text, sentence.start, sentence.end):
            first = next((n for n in names if n.start >= match.end()), None)
            inside = any(n.start <= match.start() < n.end for n in names)
            if first is None or inside or not introduces(text[match.end() : first.start], lexicon):
                continue
            if abbreviates_head(text, match.end(), first):
                continue
            clue = Clue(Label(pattern.label), pattern.id, 0.9)
            many = match.group().split()[0].rstrip("’'").endswith(("s", "x"))
            yield from ((name, clue) for name in (coordinated(text, names, first) if many else [first]))


def list_clue(text: str, introduction: Span, lexicon: Lexicon) -> Clue | None:
    """Label that a line which ends with a colon gives to the names that open the items after it: its last head noun in the plural."""
    if not introduction.quote(text).rstrip().endswith(":"):
        return None
    heads = [(m.start(), p) for p in lexicon.patterns("heads") for m in p.regex.finditer(text, introduction.start, introduction.end)]
    many = [(start, p) for start, p in heads if text[start].islower() and p.regex.match(text, start) and plural_noun(text, start)]
    if not many:
        return None
    _, pattern = max(many, key=lambda pair: pair[0])
    return Clue(Label(pattern.label), f"{pattern.id}.list", 0.7)


def plural_noun(text: str, start: int) -> bool:
    """Whether the word at a position is written in the plural."""
    word = re.match(r"[^\W\d_]+", text[start : start + 40])
    return word is not None and word.group().endswith(("s", "x"))


def abbreviates_head(text: str, end: int, name: Span) -> bool:
    """Whether a name alone in brackets behind a head noun only abbreviates it ("plates-formes d'innovation (PFI)")."""
    return text[end : name.start].rstrip().endswith("(") and text[name.end : name.end + 1] == ")"


def introduces(between: str, lexicon: Lexicon) -> bool:
    """Whether only adjectives, quotation marks or "baptisé" stand between a head noun and a name."""
    if "\n" in between or len(between) > 60:
        return False
    called = CALLED.search(between)
    words = re.findall(r"[^\W\d_]+", between[: called.start()] if called else between)
    breakers = lexicon.words("not_adjectives")
    return len(words) <= ADJECTIVES and not any(word.lower() in breakers for word in words) and not re.search(r"[,.;!?)»]", between)


def coordinated(text: str, names: Sequence[Span], first: Span) -> list[Span]:
    """The names that a coordination strings together, from `first` on ("A (Pays), B et C")."""
    chain = [first]
    for name in names:
        if name.start < chain[-1].end or (outer_parenthesis(text, chain[-1].end, name.start)):
            continue
        between = text[chain[-1].end : name.start]
        if not re.search(r",|\bet\b|/|;|ainsi que", between) or not GLUE.fullmatch(between):
            break
        chain.append(name)
    return chain


def outer_parenthesis(text: str, end: int, start: int) -> bool:
    """Whether a name that starts at `start` stands in a parenthesis opened after `end`."""
    between = text[end:start]
    return between.count("(") > between.count(")")


def apposition_clue(text: str, name: Span, lexicon: Lexicon) -> Clue | None:
    """Label that the words right after a name give it ("X, cluster anglais")."""
    after = text[name.end : name.end + 160].split("\n", 1)[0]
    for pattern in lexicon.patterns("appositions"):
        if pattern.regex.match(after):
            return Clue(Label(pattern.label), pattern.id, 0.85)
    return None


def inner_clue(words: str, lexicon: Lexicon) -> Clue | None:
    """Label that a word inside a name gives it ("… Science Park", "Université …"): in French the first word decides."""
    found = [(m.start(), p) for p in lexicon.patterns("names") for m in p.regex.finditer(words)]
    if not found:
        return None
    _, pattern = min(found, key=lambda pair: pair[0]) if french_order(words) else max(found, key=lambda pair: pair[0])
    return Clue(Label(pattern.label), pattern.id, 0.8)


def french_order(words: str) -> bool:
    """Whether a name has its head noun first, as French, Italian and Spanish have."""
    return re.search(r"\b(?:de|du|des|d['’]|la|le|et|del|di|da|do|pour|of)\b", words, re.IGNORECASE) is not None
