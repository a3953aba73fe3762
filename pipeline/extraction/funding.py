"""Mentions + text → who is paid by which programme or funder, with amounts.

Sentence by sentence: `payers` says who pays and how much, `paid` whom. A programme with its institution ("le programme COSME de l'Union
européenne") is one row; several funders are several rows.
"""

from collections.abc import Sequence

from pipeline.core.facts import Evidence, Funding, Label
from pipeline.extraction.amounts import find_sums
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.paid import Memory, Paid, paid_by
from pipeline.extraction.payers import Payment, payments_in
from pipeline.extraction.reading import Reading
from pipeline.extraction.referents import LINKS, dative, referents_in

ITEM_OPENING = 6
NO_WINNERS = frozenset({Label.PLACE, Label.PROGRAMME, Label.PUBLIC})
FOUND = 0.8


def find_funding(reading: Reading) -> list[Funding]:
    """All funding rows that a document states."""
    rows: list[Funding] = []
    memory = Memory()
    for sentence in reading.sentences:
        told = sentence_funding(reading, sentence, memory)
        rows.extend(told)
        if told:
            memory.paid, memory.index = told[-1].beneficiary, sentence.index
    return merge_funding(rows)


def sentence_funding(reading: Reading, sentence: Sentence, memory: Memory) -> list[Funding]:
    """Funding rows of one sentence."""
    if any(p.regex.search(reading.text, sentence.span.start, sentence.span.end) for p in reading.lexicon.patterns("funding_refusals")):
        return []
    payments = payments_in(reading, sentence)
    rows: list[Funding] = []
    for payment in payments:
        if items := listed_rows(reading, sentence, payment):
            rows += items
            continue
        told = paid_by(reading, sentence, payment, payments, memory)
        rows += [make_row(sentence, payment, paid) for paid in told] or announced_rows(reading, sentence, payment)
        if rows:
            memory.paid, memory.index = rows[-1].beneficiary, sentence.index
    return rows


def make_row(sentence: Sentence, payment: Payment, paid: Paid) -> Funding:
    """One row: the sum beside the beneficiary, else the payer's."""
    amount = paid.amount or payment.amount
    evidence = (Evidence(sentence.span, payment.cue.method, FOUND),)
    return Funding(
        paid.key,
        evidence,
        payment.programme,
        payment.funder,
        amount.value if amount else None,
        amount.currency if amount else None,
        payment.shared and paid.amount is None,
    )


def listed_rows(reading: Reading, sentence: Sentence, payment: Payment) -> list[Funding]:
    """Rows for the projects or organisations of the list items after a sentence on several winners, each with the sum of its item."""
    if not reading.lexicon.wording(LINKS, "many").search(reading.text, sentence.span.start, sentence.span.end):
        return []
    return [
        listed_row(reading, sentence, item, payment, winner)
        for item in introduced_items(reading, sentence)
        if (winner := winner_of(reading, item, payment)) is not None
    ]


def announced_rows(reading: Reading, sentence: Sentence, payment: Payment) -> list[Funding]:
    """Rows for the winners that open items anywhere after a sentence that only counts them ("six plates-formes que l'État va soutenir")."""
    if not reading.lexicon.wording(LINKS, "many").search(reading.text, sentence.span.start, sentence.span.end):
        return []
    items = [s for s in reading.sentences[sentence.index + 1 :] if s.kind is Kind.ITEM]
    told = ((item, winner_of(reading, item, payment)) for item in items)
    return [listed_row(reading, sentence, item, payment, winner) for item, winner in told if winner is not None]


def introduced_items(reading: Reading, sentence: Sentence) -> list[Sentence]:
    """The items that a sentence introduces, itself or through the short sentence after it ("Sont retenus :")."""
    following = reading.sentences[sentence.index + 1 : sentence.index + 2]
    through = [s for s in following if reading.text[s.span.start : s.span.end].endswith(":")]
    return reading.items_after(sentence) or [item for s in through for item in reading.items_after(s)]


def winner_of(reading: Reading, item: Sentence, payment: Payment) -> str | None:
    """Who wins in a list item: the name that opens it, or the one that "à" follows a sum to."""
    named = [m for m in reading.mentions_in(item.span.start, item.span.end) if m.label not in NO_WINNERS and m.entity not in payment.keys]
    opening = [m.entity for m in named if m.span.start - item.span.start <= ITEM_OPENING]
    given = [r.key for r in referents_in(reading, item.span.start, item.span.end, payment.keys) if r.named and dative(reading, r)]
    return next(iter([*opening, *given]), None)


def listed_row(reading: Reading, sentence: Sentence, item: Sentence, payment: Payment, winner: str) -> Funding:
    """The row of one list item."""
    sums = find_sums(reading.text, item.span, reading.lexicon)
    amount = sums[0] if len(sums) == 1 else None
    evidence = (Evidence(sentence.span, payment.cue.method, FOUND), Evidence(item.span, "funding.item", FOUND))
    value, currency = (amount.value, amount.currency) if amount else (None, None)
    return Funding(winner, evidence, payment.programme, payment.funder, value, currency)


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
