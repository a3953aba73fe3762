"""The whole way from a text to its dates: tokens → phrases → guards → values → roles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.core.facts import DatedExpression, Span
from pipeline.extraction.dates.calendar import days_covered
from pipeline.extraction.dates.compounds import read_interval, read_list
from pipeline.extraction.dates.context import Anchor, Context
from pipeline.extraction.dates.durations import as_length, read_duration, read_range
from pipeline.extraction.dates.guards import named_by, refusal
from pipeline.extraction.dates.header import Candidate, published_candidate
from pipeline.extraction.dates.masking import Masks, masked_spans, year_in_names
from pipeline.extraction.dates.phrases import Duration, Interval, Phrase, Point
from pipeline.extraction.dates.points import read_point
from pipeline.extraction.dates.resolution import Resolved, UnresolvableError, resolve
from pipeline.extraction.dates.roles import role_of
from pipeline.extraction.dates.tokens import Line, tokenise

_TELLING, _LEADING = "=~&^YMmsreWSq1-9HLjayVdnoG", "lcuDANBKJIzgkEibCpPfFhRXTOUvQ0"
# A phrase begins at a telling class, or at a leading one that only its like parts from a telling one
_START = re.compile(rf"[{_TELLING}]|[{_LEADING}](?=[{_LEADING},.\-/]{{0,8}}[{_TELLING}])")
IMPOSSIBLE = "impossible date"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Words that have the form of a date or duration and give none, and why (`impossible date`, `an age`, `no reference date` …)."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything that one text gave: its dates, what was refused, and the publication date that its header tells."""

    expressions: tuple[DatedExpression, ...]
    rejections: tuple[Rejection, ...]
    published: tuple[date, Span] | None = None

    @property
    def impossible(self) -> int:
        """How many dates were told that no calendar has (`31 février`)."""
        return sum(rejection.reason == IMPOSSIBLE for rejection in self.rejections)


def _phrases_at(line: Line, index: int) -> list[Phrase]:
    """The phrases that begin at a token: an interval, else a list, else the longer of a date and a duration."""
    interval = read_interval(line, index)
    if interval is not None:
        return [interval]
    listed: list[Phrase] = [*(read_list(line, index) or read_range(line, index))]
    if listed:
        return listed
    found = [phrase for phrase in (read_duration(line, index), read_point(line, index)) if phrase is not None]
    return [max(found, key=lambda phrase: phrase.end)] if found else []


def _phrases(line: Line) -> Iterator[Phrase]:
    """The phrases of a line from left to right, none overlapping another."""
    start = _START.search(line.classes)
    while start is not None:
        phrases = _phrases_at(line, start.start())
        yield from phrases
        start = _START.search(line.classes, max(phrases[-1].end if phrases else 0, start.start() + 1))


def _candidates(line: Line, phrases: Sequence[Phrase]) -> Iterator[Candidate]:
    """The days and months with their year, which alone can be a publication date or that of an issue."""
    for phrase in phrases:
        if isinstance(phrase, Point) and phrase.month and phrase.year and phrase.part is None and phrase.mod is None:
            value = f"{phrase.year:04d}-{phrase.month:02d}" + (f"-{phrase.day:02d}" if phrase.day is not None else "")
            if _exists(value):
                yield Candidate(*line.offsets(phrase.start, phrase.end), value)


def _exists(value: str) -> bool:
    try:
        days_covered(value)
    except ValueError:
        return False
    return True


def _named_year(line: Line, phrases: Sequence[Phrase], masks: Sequence[Span]) -> int | None:
    """The year of the first event name: one that the caller masked, else a capitalised word with a year behind it."""
    year = year_in_names(line.text, line.folded, masks)
    own = Masks(masked_spans(line.text, line.folded))
    for phrase in phrases:
        if year is None and isinstance(phrase, Point) and phrase.rank == 1 and named_by(line, phrase):
            year = None if own.hit(Span(*line.offsets(phrase.start, phrase.end))) else phrase.year
    return year


def _anchors(line: Line, phrases: Sequence[Phrase], published: Candidate | None) -> Iterator[Anchor]:
    """The explicit years of the accepted phrases, in order; the publication date itself is none."""
    for phrase in phrases:
        point = phrase.right if isinstance(phrase, Interval) else phrase
        if isinstance(point, Point) and point.year is not None and point.part not in ("DECADE", "CENTURY"):
            start = line.offsets(phrase.start, phrase.end)[0]
            if published is None or start != published.start:
                yield Anchor(start, point.year, point.rank)


def _accepted(line: Line, masks: Masks) -> tuple[list[Phrase], list[Rejection]]:
    """The phrases that neither a mask nor a guard refuses, and the refusals of the guards."""
    accepted, rejections = list[Phrase](), list[Rejection]()
    for phrase in _phrases(line):
        span = Span(*line.offsets(phrase.start, phrase.end))
        reason = "in a name or a menu" if masks.hit(span) else refusal(line, phrase)
        if reason is None:
            accepted.append(phrase)
        else:
            rejections.append(Rejection(span, reason))
    return accepted, rejections


def _expression(line: Line, phrase: Phrase, span: Span, resolved: tuple[str, Resolved], context: Context) -> DatedExpression:
    kind, value = resolved
    first, last = days_covered(value.value) if kind == "DATE" else (None, None)
    mod = None if isinstance(phrase, Interval) else phrase.mod
    bounds = (span.start, span.end)
    role = role_of(line.folded, bounds, context.sentence(*bounds), value.value)
    return DatedExpression(span, kind, value.value, mod, first, last, role, value.basis, value.guess)


def scan(text: str, *, reference: date | None = None, masks: Sequence[Span] = ()) -> Scan:
    """Every date and duration of a text, what was refused and why, and the publication date that the text itself gives.

    Args:
        text: any text; offsets count its code points, spans are half-open.
        reference: the publication date if known from elsewhere; without it the one in the header serves.
        masks: spans of names (programmes, projects, events) inside which no date is read; the year in an event's name may
            serve as the year that the document is about.
    """
    line = tokenise(text)
    if not line.tokens:
        return Scan((), ())
    phrases, rejections = _accepted(line, Masks([*masks, *masked_spans(text, line.folded)]))
    published = published_candidate(text, line.folded, list(_candidates(line, phrases)))
    context = Context(text, reference or (days_covered(published.value)[1] if published else None))
    context.anchors.extend(_anchors(line, phrases, published))
    if context.reference is None and not context.anchors:
        context.named_year = _named_year(line, list(_phrases(line)), masks)
    expressions = tuple(_with_published(_resolved(line, phrases, context, rejections), published))
    return Scan(expressions, tuple(rejections), _publication(published))


def _publication(published: Candidate | None) -> tuple[date, Span] | None:
    """The publication date as a day with its place; a month (`La lettre, octobre 2018`) is none."""
    if published is None or len(published.value) < 10:
        return None
    return date.fromisoformat(published.value), Span(published.start, published.end)


def _resolved(line: Line, phrases: Sequence[Phrase], context: Context, rejections: list[Rejection]) -> Iterator[DatedExpression]:
    """The expressions that have a value; those that have none are added to the rejections."""
    for told in phrases:
        unknown = context.reference is None and isinstance(told, Duration) and line.classes[told.start - 1 : told.start] == "I"
        phrase = as_length(told) if unknown and isinstance(told, Duration) else told
        span = Span(*line.offsets(phrase.start, phrase.end))
        try:
            resolved = resolve(phrase, context, (span.start, span.end))
        except UnresolvableError as error:
            rejections.append(Rejection(span, str(error)))
            continue
        expression = _expression(line, phrase, span, resolved, context)
        context.tell(expression.start_date, expression.end_date)
        yield expression


def _with_published(expressions: Iterator[DatedExpression], published: Candidate | None) -> Iterator[DatedExpression]:
    """The expressions, the publication date's with its role."""
    for expression in expressions:
        is_it = published is not None and expression.span == Span(published.start, published.end)
        yield replace(expression, role="published") if is_it else expression


def find_dates(text: str, *, reference: date | None = None, masks: Sequence[Span] = ()) -> list[DatedExpression]:
    """The dates and durations of a text (TIMEX3 of ISO-TimeML), sorted by span, none overlapping another; see `scan` for the arguments."""
    return list(scan(text, reference=reference, masks=masks).expressions)


def find_publication_date(text: str) -> tuple[date, Span] | None:
    """The publication date that the header, the dateline or a publication note of a text gives, and where; None if it gives none."""
    return scan(text).published
