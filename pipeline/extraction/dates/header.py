"""The publication date that a header, a dateline or a publication note gives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.dates.cues import load_cues

_REACH = 4000  # code points from the top in which a dateline may stand
_TOP = 1500  # and in which a field of its own may
_TOP_LINES = 12  # blank lines not counted
_BOTTOM_LINES = 4
_FIELD_LENGTH = 80
_LINE = 300
_NAME = r"[A-ZÀ-ÖØ-Þ(][\w'’().\-]*"
_PLACE = re.compile(
    rf"[\W]{{0,3}}(?P<place>{_NAME}(?:[ ,/]{{1,2}}(?:{_NAME}|de|du|la|le|les|sur|sous|en|et|à)){{0,8}}[ ]?[,.:–-]?[ ]?)?(?:[Ll]e )?"
)
_DASH = re.compile(r"\s{0,3}(?:[–—−:_|]|- |-\s|/ ?/|\)\s?[–—-]|,\s?[0-9]{1,2}\s?(?:h|:)|\([^)\n]{1,20}\)\s?[–—-])")
_AFTER_PLACE = re.compile(r"\s{0,3}(?:\.\s|\(|/)")
_CLOCK = r"(?:(?:à|a|at|-)?\s*[0-9]{1,2}\s?(?:h|:|H)\s?(?:[0-9]{2})?(?::[0-9]{2})?\s*(?:min|CET|CEST|UTC)?)?"
_REST = re.compile(rf"[\s,;.|•·()\]–—-]*{_CLOCK}[\s,;.|•·()\]–—-]*")
_TAIL = re.compile(r"\s?(?:,\s(?=par\b|après\sBourse|mise?\sà\sjour|p\.|[0-9])|\(|–|—|-\s)[^\n]{0,50}")
_LEAD = re.compile(r"[\s|•·\[(–—>*#-]*(?:[Ll]e |[Dd]ate\s?: ?|DATE\s?: ?)?")
_FIELD = re.compile(r"[|•·\n]|\s[–—-]\s")
PUBLISHED, DATELINE, TOP, BOTTOM, UPDATED, ISSUE, CLOSING = 7, 6, 5, 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day or a month that may be the publication date: its code points, half-open, and its ISO value."""

    start: int
    end: int
    value: str


def _line_around(text: str, candidate: Candidate) -> tuple[int, int]:
    """The line that holds a candidate, cut at a few hundred code points: a longer one is no header."""
    floor, ceiling = max(0, candidate.start - _LINE), min(len(text), candidate.end + _LINE)
    end = text.find("\n", candidate.end, ceiling)
    return max(floor, text.rfind("\n", floor, candidate.start) + 1), ceiling if end < 0 else end


def _field_around(text: str, candidate: Candidate, first: int, last: int) -> tuple[str, str]:
    """What the candidate's field (between bars, bullets, spaced dashes or line ends) holds before and after it."""
    before = _FIELD.split(text[first : candidate.start])[-1]
    after = _FIELD.split(text[candidate.end : last], maxsplit=1)[0]
    return before, after


def _is_dateline(text: str, candidate: Candidate, first: int) -> bool:
    """`Paris, le 3 février 2016 –`: a place or nothing before, a dash after; a full stop or a bracket only after a place."""
    if candidate.start >= _REACH or candidate.start - first > _FIELD_LENGTH:
        return False
    place = _PLACE.fullmatch(text, first, candidate.start)
    if place is None:
        return False
    return _DASH.match(text, candidate.end) is not None or (
        place["place"] is not None and _AFTER_PLACE.match(text, candidate.end) is not None
    )


def _is_top(text: str, candidate: Candidate) -> bool:
    """Whether fewer than a dozen lines stand above."""
    return candidate.start < _TOP and sum(bool(line.strip()) for line in text[: candidate.start].split("\n")) <= _TOP_LINES


def _is_bottom(text: str, candidate: Candidate) -> bool:
    """Whether at most a few lines stand below."""
    return len(text) - candidate.end < _TOP and sum(bool(line.strip()) for line in text[candidate.end :].split("\n")) <= _BOTTOM_LINES


def _score(text: str, folded: str, candidate: Candidate) -> int:
    """How much a candidate looks like the publication date, 0 for not at all; only a whole day can be more than the date of an issue."""
    first, last = _line_around(text, candidate)
    if len(candidate.value) < 10:
        return ISSUE if _is_top(text, candidate) and _is_field(text, candidate, first, last) else 0
    before = folded[max(first, candidate.start - 60) : candidate.start]
    cues = load_cues()["header"]
    if cues["updated"].search(before):
        return UPDATED
    if cues["published"].search(before) and last - first < 200:
        return PUBLISHED
    if _is_dateline(text, candidate, first):
        return DATELINE
    if cues["closing"].search(before):
        return CLOSING
    if _is_field(text, candidate, first, last):
        return TOP if _is_top(text, candidate) else BOTTOM if _is_bottom(text, candidate) else 0
    return 0


def _is_field(text: str, candidate: Candidate, first: int, last: int) -> bool:
    """Whether a date has a line, a field of a line or a pair of brackets for itself, a place or a byline beside it at most."""
    before, after = _field_around(text, candidate, first, last)
    if before.rfind("(") > 0 and after.startswith(")") and last - candidate.end <= 2:
        before = before[before.rfind("(") :]
    alone = _LEAD.fullmatch(before) is not None
    if _REST.fullmatch(after) is None and not (alone and last - first < _FIELD_LENGTH and _TAIL.fullmatch(after)):
        return False
    place = _PLACE.fullmatch(before.lstrip(" ("))
    return alone or (place is not None and len(before) < _FIELD_LENGTH and before.rstrip().endswith(("le", "Le", ",")))


def published_candidate(text: str, folded: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that the header, a dateline or a note gives as the publication date; the first of the best ones, None without any."""
    scored = [(_score(text, folded, candidate), -candidate.start, candidate) for candidate in candidates]
    best = max(scored, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] > 0 else None
