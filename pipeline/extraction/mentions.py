"""Text → mentions: gazetteers, head nouns, name shapes and models, merged so that no two overlap.

Every source proposes mentions with a label, a method and a score; the merge keeps the best one wherever they overlap. A *weak* mention
(a capitalised sequence that nothing labels) is kept for lists of parties and dropped at the end if no fact uses it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.core.facts import Label, Mention, Span
from pipeline.core.lexicon import Lexicon
from pipeline.extraction.gazetteer import find_known
from pipeline.extraction.labels import Clue, apposition_clue, head_clues, inner_clue, list_clue
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.names import find_names
from pipeline.extraction.places import Place

WEAK = 0.3
WEAK_METHOD = "shape"
DOUBT = 0.6
"""Score of a model's mention below which the words around it know better what it is and where it ends."""

AGREED = 0.97
"""Score of a model's mention whose kind the words around it tell as well."""

BULLET_LENGTH = 5
TIED_BEFORE = re.compile(r"(?:\b(?:de|du|des|de la|de l)\s*|\bd?['’])\Z", re.IGNORECASE)
TIED_AFTER = re.compile(r"\s+(?:de|du|des|d['’]|pour|à|en)(?:\b|(?<=['’]))", re.IGNORECASE)
ORGANISATIONS = frozenset({Label.CLUSTER, Label.COMPANY, Label.RESEARCH, Label.PUBLIC, Label.ASSOCIATION, Label.ORG})


def find_mentions(
    text: str,
    sentences: Sequence[Sentence],
    lexicon: Lexicon,
    *,
    predicted: Sequence[Mention] = (),
    people: Sequence[Span] = (),
    places: Sequence[Place] = (),
) -> list[Mention]:
    """All mentions of a text, sorted, none overlapping another.

    Args:
        text: cleaned text.
        sentences: its sentences.
        lexicon: gazetteers and patterns.
        predicted: mentions that a model proposes; where there are any, what shape alone labels is weak.
        people: spans that name people: never a mention, unless a list or a head noun says otherwise.
        places: places found in the text.
    """
    proposed = [m for m in without_gaps(text, predicted) if m.name not in lexicon.words("not_names") and not common_noun(m)]
    known = [*find_known(text, lexicon), *proposed]
    shaped = [
        m for sentence in sentences for m in shaped_mentions(text, sentence, lexicon, known, introduced(text, sentences, sentence, lexicon))
    ]
    placed = [Mention(p.span, Label.PLACE, p.span.quote(text), "", "territories", 0.7) for p in places]
    named = [m for m in shaped if m.score > WEAK or not any(m.span.overlaps(person) for person in people)]
    if predicted:
        items = [s.span for s in sentences if s.kind is Kind.ITEM]
        known = [relabelled(widened(m, named, [*placed, *parted(text, m, known)], items, text), named) for m in known]
        placed = [p for p in placed if not any(m.score > WEAK and m.span != p.span and m.span.covers(p.span) for m in named)]
        named = [replace(m, score=WEAK) for m in named]
    return merge([*known, *named, *placed])


def without_gaps(text: str, predicted: Sequence[Mention]) -> list[Mention]:
    """A model's mentions, those that nothing or one space parts made one: two names never stand so close."""
    whole: list[Mention] = []
    for mention in sorted(predicted, key=lambda m: m.span):
        last = whole[-1] if whole else None
        parted = last is None or Label.PLACE in (last.label, mention.label) or text[last.span.end : mention.span.start] not in ("", " ")
        if last is None or parted:
            whole.append(mention)
        else:
            surer = max(last, mention, key=lambda m: m.score)
            whole[-1] = grown(surer, text, last.span.start, mention.span.end)
    return whole


def common_noun(mention: Mention) -> bool:
    """Whether a model takes plain lower-case words for a programme ("le programme de compétitivité")."""
    return mention.label is Label.PROGRAMME and mention.name.islower()


def relabelled(mention: Mention, clues: Sequence[Mention]) -> Mention:
    """A model's mention with the label that a head noun tells, or, where the model doubts, any words around it.

    Without such words, a doubtful cluster is an organisation of unknown kind: to be a cluster must be told.
    """
    clue = next((c for c in clues if c.span == mention.span and c.score > WEAK and c.label is not Label.ORG), None)
    told = clue is not None and clue.method.startswith("head.")
    if clue is not None and clue.label is mention.label:
        return replace(mention, score=max(mention.score, AGREED))
    if mention.label is Label.PLACE or (mention.score >= DOUBT and not told):
        return mention
    if clue is not None:
        return replace(mention, label=clue.label)
    doubtful = mention.label is Label.CLUSTER and mention.score < DOUBT
    return replace(mention, label=Label.ORG) if doubtful else mention


def parted(text: str, mention: Mention, others: Sequence[Mention]) -> list[Mention]:
    """The mentions that "et" or "and" parts from another: two names, however much they look like one."""
    return [
        o for o in others if re.search(r"\b(?:et|and)\b", text[mention.span.end : o.span.start] or text[o.span.end : mention.span.start])
    ]


def widened(mention: Mention, shapes: Sequence[Mention], places: Sequence[Mention], items: Sequence[Span], text: str) -> Mention:
    """A model's mention with the capitalised words that it cuts off: in a list item all, in prose a doubtful name's that are no place."""
    if mention.label is Label.PLACE or mention.method.startswith("gazetteer"):
        return mention
    for shape in shapes:
        if shape.span.covers(mention.span) and shape.span != mention.span:
            if mention.score >= DOUBT and joined(text, shape.span, mention.span):
                return mention
            added = (Span(shape.span.start, mention.span.start), Span(mention.span.end, shape.span.end))
            listed = any(item.covers(shape.span) and shape.span.start - item.start <= BULLET_LENGTH for item in items)
            apart = any(part.overlaps(p.span) and p.label is not Label.PLACE for part in added for p in places)
            if apart or (mention.score >= DOUBT and not listed):
                return mention
            if listed or shape.score > WEAK or not any(part.overlaps(place.span) for part in added for place in places):
                return grown(mention, text, shape.span.start, shape.span.end)
    return mention


def joined(text: str, whole: Span, name: Span) -> bool:
    """Whether only a preposition ties a name to the words around it: "Piémontais de X", "X de Bogotá", "X pour la formation"."""
    return bool(TIED_BEFORE.search(text[whole.start : name.start]) or TIED_AFTER.match(text[name.end : whole.end]))


def introduced(text: str, sentences: Sequence[Sentence], sentence: Sentence, lexicon: Lexicon) -> Clue | None:
    """What the line that introduces a list item says of the names in it ("Trois projets retenus :")."""
    return None if sentence.intro is None else list_clue(text, sentences[sentence.intro].span, lexicon)


def shaped_mentions(text: str, sentence: Sentence, lexicon: Lexicon, known: Sequence[Mention], listed: Clue | None) -> Iterator[Mention]:
    """Mentions made of one sentence's name candidates and the known mentions in it, labelled by the words around.

    `listed` is what the introduction of a list says of the name that opens its items.
    """
    inside = [m for m in known if sentence.span.covers(m.span)]
    shapes = [s for s in find_names(text, sentence.span, lexicon) if keeps(text, s, sentence)]
    names = sorted({*shapes, *(m.span for m in inside)})
    heads: dict[Span, Clue] = {}
    for span, clue in head_clues(text, sentence.span, names, lexicon):
        if span not in heads or clue.label is not heads[span].label:
            heads[span] = clue
    for span in names:
        opens = span.start - sentence.span.start <= BULLET_LENGTH
        clue = best_clue(text, span, heads.get(span) or (listed if opens else None), lexicon)
        yield Mention(span, clue.label, span.quote(text), "", clue.method, clue.score)


def best_clue(text: str, span: Span, head: Clue | None, lexicon: Lexicon) -> Clue:
    """The most telling label for a name: what stands inside it, before it, after it; else a weak organisation."""
    inner, after = inner_clue(span.quote(text), lexicon), apposition_clue(text, span, lexicon)
    if inner and after and after.label is Label.CLUSTER:
        return after
    return inner or head or after or Clue(Label.ORG, WEAK_METHOD, WEAK)


def keeps(text: str, span: Span, sentence: Sentence) -> bool:
    """Whether a candidate may be a name: one plain capitalised word that only opens its sentence may not."""
    words = span.quote(text)
    opens = span.start == sentence.span.start and " " not in words and words[1:].islower()
    return not opens or text.count(words) > 1


def merge(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep the best of overlapping mentions: the surest, then the longest, then the first proposed.

    A label from a gazetteer or a model stays; the same span proposed twice keeps the surer label.
    """
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (-m.score, m.span.start - m.span.end, m.span.start)):
        place = bisect_left(kept, mention.span, key=lambda m: m.span)
        if not any(mention.span.overlaps(other.span) for other in kept[max(0, place - 1) : place + 1]):
            kept.insert(place, mention)
    return kept


def grown(mention: Mention, text: str, start: int, end: int) -> Mention:
    """The mention with other bounds."""
    span = Span(start, end)
    return replace(mention, span=span, name=span.quote(text))
