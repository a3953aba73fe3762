"""Who is paid in a sentence that has a payer: whom the words name, the project they mean, else what the text was last about."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.core.facts import Label, Span
from pipeline.extraction.amounts import Amount, find_sums
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.parties import PRONOUN
from pipeline.extraction.payers import Payment
from pipeline.extraction.reading import Reading
from pipeline.extraction.referents import LINKS, Referent, dative, dependent, oblique, referents_in, subject_of

TITLE_LENGTH = 70
BACK_SENTENCES, PROJECT_PULL = 22, 3
FOOT = 6
NEAR = 120
CLAUSE = re.compile(r"[;:]\s|\.\s")


@dataclass(slots=True)
class Memory:
    """What earlier sentences said is paid: the last beneficiary and the index of its sentence."""

    paid: str | None = None
    index: int = -9


@dataclass(frozen=True, slots=True)
class Paid:
    """Who is paid, and the sum that stands beside it alone."""

    key: str
    amount: Amount | None = None


def paid_by(reading: Reading, sentence: Sentence, payment: Payment, payments: Sequence[Payment], memory: Memory) -> list[Paid]:
    """Who a payer of a sentence pays; empty if nobody is told."""
    paying = {key for p in payments for key in p.keys}
    side = payment.cue.side
    told = (
        given(reading, sentence, payment, payments, paying)
        if side.startswith("before")
        else received(reading, sentence, payment, paying)
        if side.startswith("receives")
        else owned(reading, sentence, payment, paying)
        if side == "own"
        else described(reading, sentence, payment, payments, paying)
    )
    if told or side == "own":
        return told
    if side == "programme" and payment.amount is None and not PRONOUN.match(reading.text, sentence.span.start):
        return []
    if side == "before" and payment.amount is None and not pronoun_object(reading, payment):
        return []
    if side == "after" and footer(reading, sentence, payment):
        return [Paid(reading.topic)] if reading.topic and reading.topic not in paying else []
    last = last_topic(reading, sentence, memory, paying)
    return [Paid(last)] if last else []


def pronoun_object(reading: Reading, payment: Payment) -> bool:
    """Whether a paying verb has a pronoun as object ("le finance", "y contribue", "l'a retenu")."""
    return reading.lexicon.wording(LINKS, "object").search(reading.text[payment.span.end : payment.cue.span.end]) is not None


def footer(reading: Reading, sentence: Sentence, payment: Payment) -> bool:
    """Whether a sentence is a thanks at the foot of a page: "Avec le soutien financier de …" without a subject, near the end."""
    alone = not referents_in(reading, sentence.span.start, sentence.span.end, payment.keys)
    return (
        alone
        and payment.cue.method == "funding.support"
        and payment.cue.span.start == sentence.span.start
        and sentence.index >= len(reading.sentences) - FOOT
    )


def given(reading: Reading, sentence: Sentence, payment: Payment, payments: Sequence[Payment], paying: Collection[str]) -> list[Paid]:
    """Whom a paying verb has as object: what follows it, else a project of the sentence before the payer."""
    later = [p.span.start for p in payments if p.span.start > payment.cue.span.end and p.cue.side in ("sum", "before", "before.sum")]
    end = min([*later, sentence.span.end])
    after = [r for r in referents_in(reading, payment.cue.span.end, end, paying) if not oblique(reading, r)]
    if after:
        return several(reading, payment, preferred(reading, payment, after))
    between = [r for r in referents_in(reading, payment.span.end, payment.cue.span.end, paying) if not r.named or dative(reading, r)]
    before = [r for r in referents_in(reading, sentence.span.start, payment.span.start, paying) if not oblique(reading, r)]
    projects = [r for r in before if r.project]
    chosen = between[:1] or projects[-1:] or [r for r in before if r.named and not dependent(reading, r)][-1:]
    return [Paid(r.key) for r in chosen]


def preferred(reading: Reading, payment: Payment, after: Sequence[Referent]) -> list[Referent]:
    """Of the things behind a verb, the project if one is given to, else those given to, else the first."""
    projects = [r for r in after if r.project]
    datives = [r for r in after if dative(reading, r)]
    if projects and (projects[0] in datives or projects[0] == after[0] or not datives):
        return projects
    return datives or list(after[:1])


def several(reading: Reading, payment: Payment, chosen: Sequence[Referent]) -> list[Paid]:
    """The first one chosen, and those after it that are coordinated or have a sum of their own."""
    first, *others = chosen
    kept, end = [Paid(first.key)], first.span.end
    for other in others:
        sums = find_sums(reading.text, Span(end, other.span.start), reading.lexicon)
        if not reading.lexicon.wording(LINKS, "and").fullmatch(reading.text[end : other.span.start]) and not sums:
            break
        kept.append(Paid(other.key, sums[-1] if sums else None))
        end = other.span.end
    return kept


def received(reading: Reading, sentence: Sentence, payment: Payment, paying: Collection[str]) -> list[Paid]:
    """The subject of a verb of receiving; a project for which it receives goes first."""
    for_project = [
        r for r in referents_in(reading, payment.cue.span.start, sentence.span.end, paying) if r.project and r.named and dative(reading, r)
    ]
    start = last_clause(reading, sentence, payment.cue.span.start)
    subject = first_free(reading, start, payment.cue.span.start, paying) or first_free(
        reading, sentence.span.start, payment.cue.span.start, paying
    )
    if for_project and not (subject and subject.project):
        return [Paid(for_project[0].key)]
    if subject is None:
        return []
    return [Paid(subject.key)]


def last_clause(reading: Reading, sentence: Sentence, position: int) -> int:
    """Where the clause of a position begins: after the last semicolon or colon before it."""
    return max((m.end() for m in CLAUSE.finditer(reading.text, sentence.span.start, position)), default=sentence.span.start)


def first_free(reading: Reading, start: int, end: int, paying: Collection[str]) -> Referent | None:
    """The first thing of a stretch that no preposition governs."""
    return next((r for r in referents_in(reading, start, end, paying) if not dependent(reading, r)), None)


def owned(reading: Reading, sentence: Sentence, payment: Payment, paying: Collection[str]) -> list[Paid]:
    """The project that "projet" and a programme announce or follow; "ce projet Interreg" means the last one named."""
    inside = [r for r in referents_in(reading, sentence.span.start, sentence.span.end, paying) if r.project and r.named]
    after = [r for r in inside if 0 <= r.span.start - payment.span.end <= 6]
    before = [r for r in inside if 0 <= payment.cue.span.start - r.span.end <= 12]
    if after or before:
        return [Paid((after or before)[0].key)]
    demonstrative = re.match(r"(?:ce|le)\s+", reading.text[max(0, payment.cue.span.start - 3) : payment.cue.span.end], re.IGNORECASE)
    last = [r for r in referents_in(reading, 0, payment.cue.span.start, paying) if r.project and r.named]
    return [Paid(last[-1].key)] if demonstrative and last else []


def beside_words(reading: Reading, payment: Payment, paying: Collection[str]) -> Referent | None:
    """The project that words of paying follow at once ("via le projet X, cofinancé par"), whatever governs it."""
    start = payment.cue.span.start
    near = [r for r in referents_in(reading, max(0, start - NEAR), start, paying) if r.project and r.named]
    return next((r for r in reversed(near) if not reading.text[r.span.end : start].strip(" ,(»”\u00a0")), None)


def described(reading: Reading, sentence: Sentence, payment: Payment, payments: Sequence[Payment], paying: Collection[str]) -> list[Paid]:
    """What words of paying describe: the thing before them, a project first; else whom the money goes to after the payer."""
    if beside := beside_words(reading, payment, paying):
        return [Paid(beside.key)]
    start, cue = last_clause(reading, sentence, payment.cue.span.start), min(payment.cue.span.start, payment.span.start)
    before = [r for r in referents_in(reading, start, cue, paying) if not oblique(reading, r)]
    before = before or [r for r in referents_in(reading, sentence.span.start, cue, paying) if not oblique(reading, r)]
    after = [r for r in referents_in(reading, cue, sentence.span.end, paying) if not oblique(reading, r)]
    given_to = [r for r in after if dative(reading, r)]
    projects = [r for r in before if r.project] or [r for r in given_to if r.project]
    if projects:
        return [Paid(projects[-1].key if projects[-1] in before else projects[0].key)]
    free = [r for r in before if not dependent(reading, r)] or before
    subjects = [r for r in after if not dependent(reading, r) and r.span.start > payment.span.end]
    chosen = free[-1:] or given_to[:1] or [r for r in subjects if r.project][:1] or subjects[:1]
    return [Paid(r.key) for r in chosen]


def last_topic(reading: Reading, sentence: Sentence, memory: Memory, paying: Collection[str]) -> str | None:
    """What the text was last about: the last beneficiary, project or subject; the page's topic under a heading on means."""
    if opens_on(reading, sentence, "own"):
        return reading.topic
    found: Referent | None = None
    found_at, projects_only = 0, opens_on(reading, sentence, "project")
    for back in range(1, BACK_SENTENCES):
        index = sentence.index - back
        if index < 0:
            break
        earlier = reading.sentences[index]
        projects_only = projects_only or opens_on(reading, earlier, "project")
        if opens_on(reading, earlier, "own") and found is None:
            return reading.topic
        if memory.index == index and memory.paid is not None and memory.paid not in paying and found is None:
            return memory.paid
        inside = referents_in(reading, earlier.span.start, earlier.span.end, paying)
        projects = [r for r in inside if r.project and not (r.named and oblique(reading, r))] or [r for r in inside if r.project]
        if projects and (found is None or back - found_at <= PROJECT_PULL):
            return projects[-1].key
        if (
            found is None
            and not projects_only
            and earlier.kind in (Kind.PROSE, Kind.HEADING)
            and (subject := subject_of(reading, earlier, earlier.span.end, paying)) is not None
        ):
            found, found_at = subject, back
        if found is not None and back - found_at > PROJECT_PULL:
            break
    return found.key if found else reading.topic


def opens_on(reading: Reading, sentence: Sentence, label: str) -> bool:
    """Whether a short line, or the opening of a longer one, speaks of an organisation's means."""
    words = reading.text[sentence.span.start : sentence.span.end]
    head = words if len(words) <= TITLE_LENGTH else re.split(r"[:–.]", words, maxsplit=1)[0]
    named = any(m.label is Label.PROJECT for m in reading.mentions_in(sentence.span.start, sentence.span.start + len(head)))
    return (
        len(head) <= TITLE_LENGTH
        and not named
        and any(p.label == label and p.regex.search(head) for p in reading.lexicon.patterns("funding_headings"))
    )
