"""Who pays in a sentence: every public body or programme that the words around it make a payer, its programme or institution, its sum.

A payer stands after words of paying ("financé par X", "une aide de X"), is their subject ("X verse"), or has a sum right beside it in a list
or an elliptic clause ("la Région 200 000 €", "Feder : 1,2 M€").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.core.facts import Label, Mention, Span
from pipeline.extraction.amounts import Amount, find_sums
from pipeline.extraction.layout import Sentence
from pipeline.extraction.mentions import ORGANISATIONS
from pipeline.extraction.reading import Reading

FUNDERS = frozenset({Label.PUBLIC, Label.PROGRAMME})
REACH, SUBJECT_REACH, BEFORE = 220, 220, 60
TO_SUM = re.compile(
    r"\s*(?:\([^()\d]{1,40}\)|»|[”\"])?[\s,:;(–—.|…-]*(?:(?:soit|dont|pour|de|à|d'|environ|jusqu'à|une?|la|sa|le|par|encore|y|hauteur|concurrence|raison|dotation|aide|subvention|contribution|lui|l'équivalent|plus|seulement|au total)[\s']*){0,6}(?:CHF\s*)?",
    re.IGNORECASE,
)
FROM_SUM = re.compile(
    r"\s*(?:\([^()]{1,40}\)\s*)?(?:(?:par an|en \d{4}|environ|supplémentaires|annuels|[a-zéèêû]{4,}(?:és|ées|é|us|is)|chacune?|seulement|au moins|de crédits|de subventions?|d'aides?|publics?|non remboursables)\s+){0,3},?\s*"
    r"(?:de|du|des|d['’]|par|from|auprès de|auprès du)(?:\s*(?:la|le|les|l['’]))?\s*(?:[a-zéèà-]+\s+){0,3}(?:d['’]|de la|de l['’]|du)?\s*[«“\"]?\s*",
    re.IGNORECASE,
)
MEANS = re.compile(
    r"(?:dans le cadre|au titre|en vertu|via|gr[âa]ce|par le biais|par l['’]interm[ée]diaire|par l['’]entremise|[àa] travers|sur les cr[ée]dits|pris sur|sur|avec|par|\(|dans|à même l['’]enveloppe|d['’]un)"
    r"(?:\s*(?:de|du|des|d['’]|à|au|aux|la|le|les|l['’]|son|sa|un|une|programme|fonds|instrument|guichet|dispositif|appel à projets|volet|enveloppe))*\s*[«“\"]?\s*\Z",
    re.IGNORECASE,
)
BEHIND = re.compile(
    r"\A\s*[»”\"]?\s*(?:\([^()]{1,30}\)\s*)?[,(]?\s*(?:de la|de l['’]|du|de|des|d['’]|(?:que |qu['’])?(?:g[ée]r|op[ée]r|port|pilot|financ|cofinanc|confi|dot|lanc|vers|accord|attribu|coordonn)\w+\s*(?:par|à|au)?)\s*(?:la |le |les |l['’])?(?:agence |programme |minist[èe]re )?[«“\"]?\s*\Z"
    r"|\A\s*[/(–—-]\s*(?:la |le |l['’])?\Z",
    re.IGNORECASE,
)
RELAY = re.compile(
    r"\A[^.;:]{0,12}?,?\s*(?:par l['’]interm[ée]diaire|par le biais|par la voix|par|via|[àa] travers|repr[ée]sent[ée]e? par|au moyen)(?:\s*(?:de|du|d['’]|son|la|le|l['’]|agence|l['’]agence|op[ée]rateur))*\s*\Z",
    re.IGNORECASE,
)
ALONE = re.compile(r"\s*(?:,|;|/|&|\+|\bet\b|\bainsi que\b|\bpuis\b|\(|\)|\d+ ?%)*\s*(?:par|de|du|d['’]|avec|celui|celle)?\s*(?:la|le|les|l['’])?\s*", re.IGNORECASE)
ANEW = re.compile(r"\bet\b|&|\+|;|\bainsi que\b|\bpuis\b|\bmais\b|\bautant\b", re.IGNORECASE)
OWNER = re.compile(r"(?:\b(?:de|du|des|par|via|sur|donc|programme|agence)\b|\bd['’]|\bau titre\b|\bdans le cadre\b)\s*(?:de |du |d['’])?(?:la |le |les |l['’])?(?:programme |fonds |agence )?\s*[«“\"]?\s*\Z", re.IGNORECASE)
AMERICAN = re.compile(r"\bUS\b|USD|am[ée]ricain")
EACH = re.compile(r"\bchacune?s?\b", re.IGNORECASE)
TOTAL = re.compile(r"(?:budget|co[ûu]t|investissement|montant|enveloppe|facture|chiffre d['’]affaires|sur (?:les|un total de|un budget de)|[ée]valu\w+ à)[^.;,()]{0,40}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of paying: where, on which side the payer stands, by which pattern."""

    span: Span
    side: str
    method: str


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
    return with_sums(reading, sentence, merged(reading, pair_up(reading, sentence, found), sums), sums)


def local_sums(reading: Reading, sentence: Sentence) -> list[Amount]:
    """The sums of a sentence; bare dollars are Canadian in a text that names more of Canada than of the United States."""
    sums = find_sums(reading.text, sentence.span, reading.lexicon)
    countries = [reading.entities[m.entity].country_code for m in reading.mentions]
    if countries.count("CA") <= countries.count("US"):
        return sums
    return [replace(s, currency="CAD") if s.currency == "USD" and not AMERICAN.search(s.span.quote(reading.text)) else s for s in sums]


def candidates(reading: Reading, sentence: Sentence) -> list[Mention]:
    """Mentions that may pay: public bodies and programmes that are no place or speaker here, foundations and funds, agents of "financé par"."""
    named = reading.mentions_in(sentence.span.start, sentence.span.end)
    return [m for m in named if (m.label in FUNDERS or gives(reading, sentence, m)) and not aside(reading, sentence, m)]


def gives(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Whether an organisation that is no public body may pay: its name says fund or bank, or "financé … par" leads to it."""
    if mention.label not in ORGANISATIONS or mention.label is Label.CLUSTER:
        return False
    before = reading.text[max(sentence.span.start, mention.span.start - REACH) : mention.span.start]
    return any(
        p.regex.search(mention.name if p.label == "name" else before) for p in reading.lexicon.patterns("funding_givers")
    )


def aside(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Whether the words before a name make it a place, an office or a speaker."""
    before = reading.text[max(sentence.span.start, mention.span.start - BEFORE) : mention.span.start]
    return any(p.regex.search(before) for p in reading.lexicon.patterns("funding_bystanders"))


def cue_of(reading: Reading, sentence: Sentence, payer: Mention, sums: Sequence[Amount]) -> Cue | None:
    """The words that make a mention a payer: a verb of which it is the subject, words of paying before it, a sum beside it."""
    cues = all_cues(reading, sentence)
    own = own_project(reading, sentence, payer)
    subject = next((c for c in cues if c.side.startswith("before") and is_subject(reading, payer, c, sums, sentence)), None)
    after = [c for c in cues if c.side in ("after", "receives", "receives.sum") and leads_to(reading, c, payer) and (sums or c.side != "receives.sum")]
    nearest = max(after, key=lambda c: c.span.end, default=None)
    under = next((c for c in cues if c.side == "programme" and payer.label is Label.PROGRAMME and 0 <= payer.span.start - c.span.end <= 40), None)
    beside = beside_sum(reading, sentence, payer, sums)
    return own or subject or nearest or beside or (under if sums or reading.projects_in(sentence.span.start, sentence.span.end) else None)


def all_cues(reading: Reading, sentence: Sentence) -> list[Cue]:
    """Every word of paying in a sentence, in order."""
    found = [
        Cue(Span(match.start(), match.end()), p.label, p.id)
        for p in reading.lexicon.patterns("funding")
        if p.label != "own"
        for match in p.regex.finditer(reading.text, sentence.span.start, sentence.span.end)
    ]
    return sorted(found, key=lambda cue: (cue.span, cue.side))


def own_project(reading: Reading, sentence: Sentence, payer: Mention) -> Cue | None:
    """The words "projet", "ce projet européen" right before a programme."""
    if payer.label is not Label.PROGRAMME:
        return None
    for pattern in reading.lexicon.patterns("funding"):
        if pattern.label == "own" and (match := pattern.regex.search(reading.text, max(sentence.span.start, payer.span.start - BEFORE), payer.span.start)):
            return Cue(Span(match.start(), match.end()), "own", pattern.id)
    return None


def is_subject(reading: Reading, payer: Mention, cue: Cue, sums: Sequence[Amount], sentence: Sentence) -> bool:
    """Whether a payer is the subject of a verb after it: no other actor stands right before the verb, a weak verb has a sum."""
    gap = reading.text[payer.span.end : cue.span.start]
    if not 0 <= cue.span.start - payer.span.end <= SUBJECT_REACH or re.search(r"[;.]\s|\n|\b(?:que|qu|dont)\b[^,]*\Z", gap):
        return False
    if cue.side == "before.sum" and not any(s.span.start >= cue.span.end for s in sums):
        return False
    between = [m for m in reading.mentions_in(payer.span.end, cue.span.start) if m.label in ORGANISATIONS or m.label is Label.PROJECT]
    others = [m for m in between if m.label not in FUNDERS]
    return not (others and re.fullmatch(r"\s*(?:[a-zéèêà'’]+\s+){0,3}", reading.text[others[-1].span.end : cue.span.start]))


def leads_to(reading: Reading, cue: Cue, payer: Mention) -> bool:
    """Whether words of paying reach a payer after them."""
    gap = reading.text[cue.span.end : payer.span.start]
    return 0 <= payer.span.start - cue.span.end <= REACH and not re.search(r";|\.\s", gap)


def beside_sum(reading: Reading, sentence: Sentence, payer: Mention, sums: Sequence[Amount]) -> Cue | None:
    """The sum that stands right after a payer, or before it with "de"."""
    for amount in sums:
        after = payer.span.end <= amount.span.start and TO_SUM.fullmatch(reading.text[payer.span.end : amount.span.start])
        if after or is_from(reading, amount, payer):
            return Cue(amount.span, "sum", "funding.sum")
    return None


def is_from(reading: Reading, amount: Amount, payer: Mention) -> bool:
    """Whether "de" or "par" alone leads from a sum to a payer."""
    return amount.span.end <= payer.span.start and FROM_SUM.fullmatch(reading.text[amount.span.end : payer.span.start]) is not None


def pair_up(reading: Reading, sentence: Sentence, found: Sequence[tuple[Mention, Cue]]) -> list[Payment]:
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
    """Payments with a programme and an institution that share one sum and are not coordinated brought together: "9,8 M€ d'Horizon Europe, accordés par la Commission"."""
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
    return apart and len(between) < 120 and not ANEW.search(between) and OWNER.search(between) is not None


def partner_of(reading: Reading, payments: Sequence[Payment], mention: Mention) -> int | None:
    """Index of the payment that a mention completes."""
    for index in range(len(payments) - 1, -1, -1):
        known, text = payments[index], reading.text
        between = text[known.span.end : mention.span.start]
        if mention.label is Label.PROGRAMME:
            if known.funder and not known.programme and MEANS.search(between):
                return index
            if known.programme and known.funder is None and BEHIND.fullmatch(between):
                return index
            if known.funder and not known.programme and BEHIND.fullmatch(between):
                return index
        elif (known.programme and known.funder is None and BEHIND.fullmatch(between)) or (known.funder and RELAY.fullmatch(between)):
            return index
        elif known.programme and known.funder is None and MEANS.search(text[max(0, known.span.start - 60) : known.span.start]) and known.cue.side == "programme":
            return index
    return None


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
        each = EACH.search(reading.text, used[0].span.end, sentence.span.end) is not None
        return [replace(p, amount=used[0], shared=not each) for p in told]
    return told


def joined(reading: Reading, payment: Payment, payments: Sequence[Payment]) -> bool:
    """Whether a payer is coordinated with one beside it in the list."""
    index = payments.index(payment)
    beside = [p for p in (payments[index - 1] if index else None, payments[index + 1] if index + 1 < len(payments) else None) if p]
    pairs = (sorted((payment.span, p.span)) for p in beside)
    return any(re.search(r"(?:,|\bet\b|&|\+|/|\bainsi que\b)", reading.text[a.end : b.start]) and len(reading.text[a.end : b.start]) < 60 for a, b in pairs)


def own_sum(reading: Reading, payment: Payment, following: int, sums: Sequence[Amount]) -> Amount | None:
    """The sum of one payer: right before it with "de", else the first after it, else the one nearest before it."""
    near = [s for s in sums if s.span.end <= payment.span.start and re.fullmatch(r"[^.;:]{0,70}", reading.text[s.span.end : payment.span.start])]
    if near and is_near(reading, near[-1], payment):
        return near[-1]
    later = [s for s in sums if payment.span.end <= s.span.start < following]
    later = [s for s in later if not TOTAL.search(reading.text[payment.span.end : s.span.start])] or later
    if later:
        return later[0]
    earlier = [s for s in sums if s.span.end <= payment.span.start]
    return earlier[-1] if earlier and payment.cue.side != "before" else None


def is_near(reading: Reading, amount: Amount, payment: Payment) -> bool:
    """Whether "de" leads from a sum to a payer."""
    return FROM_SUM.fullmatch(reading.text[amount.span.end : payment.span.start]) is not None
