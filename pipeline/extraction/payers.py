"""Who pays in a sentence, in whose name and how much: a programme with its institution is one payment, each with its sum.

`cues` says which mentions pay; here they are brought together, and the sums of the sentence are dealt out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.core.facts import Label, Mention, Span
from pipeline.extraction.amounts import Amount, find_sums
from pipeline.extraction.cues import Cue, candidates, cue_of, is_from
from pipeline.extraction.layout import Sentence
from pipeline.extraction.reading import Reading
from pipeline.extraction.referents import LINKS

NEAR, COORDINATED, MEANS_REACH = 120, 60, 60
"""Code points between a programme and its institution that share a sum, between coordinated payers, and before a programme."""

COORDINATION = re.compile(r",|\bet\b|&|\+|/|\bainsi que\b")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payer of a sentence: its programme or institution or both, its place, the words that make it one, its own sum."""

    programme: str | None
    funder: str | None
    span: Span
    cue: Cue
    amount: Amount | None = None
    shared: bool = False

    @property
    def keys(self) -> set[str]:
        """Entity keys of the payer."""
        return {key for key in (self.programme, self.funder) if key is not None}


def payments_in(reading: Reading, sentence: Sentence) -> list[Payment]:
    """The payers of a sentence, each with its sum, in order."""
    sums = local_sums(reading, sentence)
    found = [(m, cue) for m in candidates(reading, sentence) if (cue := cue_of(reading, sentence, m, sums)) is not None]
    return with_sums(reading, sentence, merged(reading, pair_up(reading, found), sums), sums)


def local_sums(reading: Reading, sentence: Sentence) -> list[Amount]:
    """The sums of a sentence; bare dollars are Canadian in a text that names more of Canada than of the United States."""
    sums = find_sums(reading.text, sentence.span, reading.lexicon)
    countries = [reading.entities[m.entity].country_code for m in reading.mentions]
    if countries.count("CA") <= countries.count("US"):
        return sums
    american = reading.lexicon.wording(LINKS, "american")
    return [replace(s, currency="CAD") if s.currency == "USD" and not american.search(s.span.quote(reading.text)) else s for s in sums]


def pair_up(reading: Reading, found: Sequence[tuple[Mention, Cue]]) -> list[Payment]:
    """Payments: a programme with the institution behind it is one; who acts through another gives way to it."""
    payments: list[Payment] = []
    for mention, cue in found:
        is_programme = mention.label is Label.PROGRAMME
        partner = partner_of(reading, payments, mention)
        if any(mention.entity in p.keys for p in payments):
            continue
        if partner is None:
            key = mention.entity
            payments.append(Payment(key if is_programme else None, None if is_programme else key, mention.span, cue))
        elif payments[partner].programme and is_programme:
            continue
        else:
            old = payments[partner]
            payments[partner] = replace(old, programme=mention.entity) if is_programme else replace(old, funder=mention.entity)
    return payments


def merged(reading: Reading, payments: Sequence[Payment], sums: Sequence[Amount]) -> list[Payment]:
    """The payments, a programme and an institution that share one sum made one: "9,8 M€ d'Horizon Europe, accordés par la Commission"."""
    kept: list[Payment] = []
    for payment in payments:
        last = kept[-1] if kept else None
        if last is not None and len(sums) <= 1 and completes(reading, last, payment):
            kept[-1] = replace(last, programme=last.programme or payment.programme, funder=last.funder or payment.funder)
        else:
            kept.append(payment)
    return kept


def completes(reading: Reading, left: Payment, right: Payment) -> bool:
    """Whether two payments are a programme and its institution: one lacks what the other has, and no "et" or new clause parts them."""
    apart = (left.programme is None) != (right.programme is None) and (left.funder is None) != (right.funder is None)
    between = reading.text[left.span.end : right.span.start]
    links = reading.lexicon
    return (
        apart
        and len(between) < NEAR
        and not links.wording(LINKS, "anew").search(between)
        and bool(links.wording(LINKS, "owner").search(between))
    )


def partner_of(reading: Reading, payments: Sequence[Payment], mention: Mention) -> int | None:
    """Index of the payment that a mention completes, the nearest one first."""
    matches = completes_funder if mention.label is Label.PROGRAMME else completes_programme
    return next((i for i in range(len(payments) - 1, -1, -1) if matches(reading, payments[i], mention)), None)


def completes_funder(reading: Reading, known: Payment, programme: Mention) -> bool:
    """Whether a programme is the means of an institution ("… au titre de X"), or part of a programme before it ("l'appel Y de X")."""
    between = reading.text[known.span.end : programme.span.start]
    behind = reading.lexicon.wording(LINKS, "behind").fullmatch(between) is not None
    means = reading.lexicon.wording(LINKS, "means").search(between) is not None
    parted = known.programme is not None and reading.lexicon.wording(LINKS, "anew").search(between) is not None
    return behind or (means and not parted)


def completes_programme(reading: Reading, known: Payment, funder: Mention) -> bool:
    """Whether an institution stands behind a programme ("X, opéré par Y"), or acts for an institution ("l'État, par l'Y")."""
    between = reading.text[known.span.end : funder.span.start]
    if known.funder is not None:
        return reading.lexicon.wording(LINKS, "relay").fullmatch(between) is not None
    before = reading.text[max(0, known.span.start - MEANS_REACH) : known.span.start]
    under = known.cue.side == "programme" and reading.lexicon.wording(LINKS, "means").search(before) is not None
    return under or reading.lexicon.wording(LINKS, "behind").fullmatch(between) is not None


def with_sums(reading: Reading, sentence: Sentence, payments: Sequence[Payment], sums: Sequence[Amount]) -> list[Payment]:
    """The payments with their sums; one sum for several payers is shared, unless it is said to be each one's."""
    taken: set[Span] = set()
    told: list[Payment] = []
    for index, payment in enumerate(payments):
        following = payments[index + 1].span.start if index + 1 < len(payments) else sentence.span.end
        amount = own_sum(reading, payment, following, [s for s in sums if s.span not in taken])
        taken |= {amount.span} if amount else set()
        told.append(replace(payment, amount=amount))
    used = [p.amount for p in told if p.amount]
    if len(told) > 1 and len(used) == 1 and all(p.amount or joined(reading, p, told) for p in told):
        each = reading.lexicon.wording(LINKS, "each").search(reading.text, used[0].span.end, sentence.span.end) is not None
        return [replace(p, amount=used[0], shared=not each) for p in told]
    return told


def joined(reading: Reading, payment: Payment, payments: Sequence[Payment]) -> bool:
    """Whether a payer is coordinated with one beside it in the list."""
    index = payments.index(payment)
    beside = [*payments[max(0, index - 1) : index], *payments[index + 1 : index + 2]]
    ways = (reading.text[a.end : b.start] for a, b in (sorted((payment.span, p.span)) for p in beside))
    return any(COORDINATION.search(way) and len(way) < COORDINATED for way in ways)


def own_sum(reading: Reading, payment: Payment, following: int, sums: Sequence[Amount]) -> Amount | None:
    """The sum of one payer: right before it with "de", else the first after it, else the one nearest before it."""
    earlier = [s for s in sums if s.span.end <= payment.span.start]
    if earlier and is_from(reading, earlier[-1], payment.span):
        return earlier[-1]
    later = [s for s in sums if payment.span.end <= s.span.start < following]
    total = reading.lexicon.wording(LINKS, "total")
    if later:
        return next((s for s in later if not total.search(reading.text[payment.span.end : s.span.start])), later[0])
    return earlier[-1] if earlier and payment.cue.side != "before" else None
