"""Mentions + text → who is paid by which programme or funder, with amounts.

A funding sentence has a beneficiary (a project first, else an organisation that is its subject) and payers after or before its words.
A programme with its institution ("le programme COSME de l'Union européenne") is one row; several funders are several rows.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.core.facts import Evidence, Funding, Label, Mention, Span
from pipeline.core.lexicon import Pattern
from pipeline.extraction.amounts import find_amounts
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.mentions import ORGANISATIONS
from pipeline.extraction.parties import PRONOUN
from pipeline.extraction.projects import refers
from pipeline.extraction.reading import Reading

FUNDERS = frozenset({Label.PUBLIC, Label.PROGRAMME})
OBJECT = re.compile(
    r"\b(?:l['’]|les? |la |y |lui |leur )(?:a |ont )?(?:co)?"
    r"(?:finan|souti|apport|consacr|subventionn|accord|allou|octro|vers|attribu|injec)",
    re.IGNORECASE,
)
PAID_BY = re.compile(
    r"\b(?:financ|subventionn|apport|vers|accord|octroy|allou|attribu|abond|consenti)\w*\s+(?:\w+\s+){0,3}?par\b|soutien financier",
    re.IGNORECASE,
)
MANY = re.compile(r"\b(?:projets|laur[ée]ats|dossiers|plates-formes|plateformes|d[ée]monstrateurs|candidatures)\b", re.IGNORECASE)
TO = re.compile(r"\b(?:à|au|aux|pour|en faveur d|dans)\b[^.;\n]{0,60}\Z", re.IGNORECASE)
REACH, SUM_REACH, OPENING, ITEM_OPENING = 220, 40, 40, 6
FOUND = 0.8


def find_funding(reading: Reading) -> list[Funding]:
    """All funding rows that a document states."""
    rows: list[Funding] = []
    last: str | None = None
    for sentence in reading.sentences:
        named = [m.entity for m in reading.projects_in(sentence.span.start, sentence.span.end)]
        rows.extend(sentence_funding(reading, sentence, last))
        last = named[-1] if named else last
    return merge_funding(rows)


def sentence_funding(reading: Reading, sentence: Sentence, last: str | None) -> list[Funding]:
    """Funding rows of one sentence: those of the first cue that gives any."""
    if any(p.regex.search(reading.text, sentence.span.start, sentence.span.end) for p in reading.lexicon.patterns("funding_refusals")):
        return []
    for pattern, match in cues(reading, sentence):
        cue = Span(match.start(), match.end())
        payers = payers_of(reading, sentence, cue, pattern.label)
        if not payers:
            continue
        evidence = (Evidence(sentence.span, pattern.id, FOUND),)
        beneficiary = beneficiary_of(reading, sentence, cue, last, payers, pattern.label)
        if beneficiary:
            return make_rows(reading, sentence, evidence, beneficiary, payers)
        if MANY.search(reading.text, sentence.span.start, sentence.span.end):
            return listed_rows(reading, sentence, evidence, payers)
    return []


def cues(reading: Reading, sentence: Sentence) -> Iterator[tuple[Pattern, re.Match[str]]]:
    """Funding words of a sentence, in the order of the patterns."""
    for pattern in reading.lexicon.patterns("funding"):
        for match in pattern.regex.finditer(reading.text, sentence.span.start, sentence.span.end):
            yield pattern, match


def payers_of(reading: Reading, sentence: Sentence, cue: Span, side: str) -> list[Mention]:
    """Programmes and public bodies after a cue; before it, those with a sum of their own after it added."""
    start, end = (sentence.span.start, cue.start) if side == "before" else (cue.start, min(sentence.span.end, cue.end + REACH))
    named = reading.mentions_in(start, end)
    paying = [m for m in named if m.label in FUNDERS]
    if side == "programme":
        return [m for m in paying if m.label is Label.PROGRAMME] and paying
    if side == "before" and paying:
        return [
            *paying,
            *(m for m in reading.mentions_in(cue.end, sentence.span.end) if m.label in FUNDERS and own_sum(reading, sentence, m)),
        ]
    if paying or side == "before" or not PAID_BY.search(reading.text, sentence.span.start, sentence.span.end):
        return paying
    return [m for m in named if m.label in ORGANISATIONS][:1]


def own_sum(reading: Reading, sentence: Sentence, payer: Mention) -> bool:
    """Whether a sum stands right after a payer ("…, le ministère 225 000 $")."""
    amounts = find_amounts(reading.text, Span(payer.span.end, min(sentence.span.end, payer.span.end + SUM_REACH)), reading.lexicon)
    return bool(amounts) and not re.search(r"\b(?:à|au|aux|pour)\b", reading.text[payer.span.end : amounts[0].span.start])


def beneficiary_of(reading: Reading, sentence: Sentence, cue: Span, last: str | None, payers: Sequence[Mention], side: str) -> str | None:
    """Who is paid: whom the payer gives to, the project of the sentence, the one it refers to, else its subject."""
    paying = {payer.entity for payer in payers}
    if side == "before" and (given := given_to(reading, sentence, cue, paying)):
        return given
    projects = [m.entity for m in reading.projects_in(sentence.span.start, sentence.span.end) if m.entity not in paying]
    if projects:
        return projects[0]
    opening = reading.text[sentence.span.start : sentence.span.start + OPENING]
    pronoun = PRONOUN.search(opening) or OBJECT.search(reading.text, sentence.span.start, sentence.span.end)
    if last is not None and (refers(reading, sentence) or pronoun):
        return last
    before = [m for m in reading.organisations_in(sentence.span.start, cue.start) if m.entity not in paying and m.label is not Label.PUBLIC]
    if side == "programme" and not find_amounts(reading.text, sentence.span, reading.lexicon):
        return None
    if before and side != "before":
        return before[-1].entity
    spoken = pronoun or any(p.regex.search(opening) for p in reading.lexicon.patterns("anaphora") if p.label == "one")
    if spoken and reading.topic not in paying:
        return reading.topic
    return last if find_amounts(reading.text, sentence.span, reading.lexicon) else None


def given_to(reading: Reading, sentence: Sentence, cue: Span, paying: set[str]) -> str | None:
    """The organisation or project that stands after "à" or "pour" behind a giving verb."""
    for mention in reading.mentions_in(cue.end, sentence.span.end):
        if mention.label in (Label.PLACE, Label.PROGRAMME) or mention.entity in paying:
            continue
        return mention.entity if TO.search(reading.text, cue.end, mention.span.start) else None
    return None


def listed_rows(reading: Reading, sentence: Sentence, evidence: tuple[Evidence, ...], payers: Sequence[Mention]) -> list[Funding]:
    """Rows for the projects that open the list items after a sentence on several winners."""
    rows: list[Funding] = []
    for item in reading.sentences[sentence.index + 1 :]:
        opening = [m for m in reading.mentions_in(item.span.start, item.span.end) if m.span.start - item.span.start <= ITEM_OPENING]
        opening = [m for m in opening if m.label not in (Label.PLACE, Label.PROGRAMME, Label.PUBLIC)]
        if item.kind is Kind.ITEM and opening:
            rows += make_rows(reading, item, (*evidence, Evidence(item.span, "funding.item", FOUND)), opening[0].entity, payers)
    return rows


def make_rows(
    reading: Reading, sentence: Sentence, evidence: tuple[Evidence, ...], beneficiary: str, payers: Sequence[Mention]
) -> list[Funding]:
    """One row per programme with its institution, one per further funder; one sum for several rows is shared."""
    pairs = pair_payers(reading.text, payers)
    amounts = find_amounts(reading.text, sentence.span, reading.lexicon)
    own = len(amounts) == len(pairs) > 1
    shared = bool(amounts) and len(pairs) > 1 and not own
    told = [amounts[i] if own else next(iter(amounts), None) for i in range(len(pairs))]
    return [
        Funding(beneficiary, evidence, programme, funder, amount.value if amount else None, amount.currency if amount else None, shared)
        for (programme, funder), amount in zip(pairs, told, strict=True)
    ]


def pair_payers(text: str, payers: Sequence[Mention]) -> list[tuple[str | None, str | None]]:
    """(programme, funder) pairs: a programme takes the institution right beside it, what is left stands alone."""
    programmes = [m for m in payers if m.label is Label.PROGRAMME]
    funders = [m for m in payers if m.label is not Label.PROGRAMME]
    if not programmes:
        return [(None, key) for key in dict.fromkeys(m.entity for m in funders)]
    pairs: list[tuple[str | None, str | None]] = []
    used: set[str] = set()
    main = programmes[0]
    beside = next((f for f in funders if linked_payers(text, main, f)), None)
    pairs.append((main.entity, beside.entity if beside else None))
    used |= {m.entity for m in programmes} | ({beside.entity} if beside else set())
    pairs += [(None, key) for key in dict.fromkeys(f.entity for f in funders) if key not in used]
    return pairs


def linked_payers(text: str, programme: Mention, funder: Mention) -> bool:
    """Whether a funder belongs to a programme ("COSME de l'Union européenne", "la Commission européenne dans le cadre de COSME")."""
    left, right = sorted((programme.span, funder.span))
    between = text[left.end : right.start]
    return len(between) < 90 and not re.search(r"[.;:]|\bet (?:par|de|du)\b", between)


def merge_funding(rows: Sequence[Funding]) -> list[Funding]:
    """One row per beneficiary and programme, one per further funder; what is told again with less adds nothing."""
    kept: list[Funding] = []
    behind: set[tuple[str, str | None]] = set()
    for row in sorted(rows, key=lambda r: ((r.programme is None) + (r.funder is None), r.amount is None)):
        told = row.programme is None and (row.beneficiary, row.funder) in behind
        if not told and not any(covers(other, row) for other in kept):
            kept.append(row)
        if row.programme is not None:
            behind.add((row.beneficiary, row.funder))
    return kept


def covers(known: Funding, row: Funding) -> bool:
    """Whether a known row already says what another says: same payer, and no sum of its own."""
    if known.beneficiary != row.beneficiary or row.amount not in (None, known.amount):
        return False
    return row.programme == known.programme if row.programme else row.funder == known.funder
