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
_AFTER_PLACE = re.compile(r"\s{0,3}(?:\.\s|\(|/|\)[.:]\s)")
_AFTER_BRACKET = re.compile(r"\)\s")
_AFTER_DAY = re.compile(r"\.\s")
_CLOCK = r"(?:(?:à|a|at|-)?\s*[0-9]{1,2}\s?(?:h|:|H)\s?(?:[0-9]{2})?(?::[0-9]{2})?\s*(?:min|CET|CEST|UTC)?)?"
_REST = re.compile(rf"[\s,;.|•·()\]–—-]*{_CLOCK}[\s,;.|•·()\]–—-]*")
_TAIL = re.compile(r"\s?(?:,\s(?=par\b|après\sBourse|mise?\sà\sjour|p\.|[0-9])|\(|–|—|-\s)[^\n]{0,50}")
_LEAD = re.compile(r"[\s|•·\[(–—>*#-]*(?:[Ll]e |[Dd]ate\s?: ?|DATE\s?: ?)?")
_FIELD = re.compile(r"[|•·\n]|\s[–—-]\s")
_HEADING_LINES = 6
_HEADING = 160  # code points of a line of a heading; what comes after a longer one is no heading
_PROSE = re.compile(r"(?<![A-ZÀ-ÖØ-Þ])[.!?]\s*\Z")
_SEPARATORS = ",;:|•·■(–—>-"
_APART = re.compile(r"\s?(?:[,;|•·■()–—]|-\s|\s{3})[^\n]{0,80}")
_BYLINE = re.compile(r"\s?(?:;[^\n]{0,40}\)|,\s(?:page\s[0-9]|(?:[A-ZÀ-ÖØ-Þ][\w-]{0,2}\.\s?)+(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*\s?)*$))[^\n]{0,40}")
PUBLISHED, DATELINE, TOP, HEADING, ISSUED, BOTTOM, UPDATED, ISSUE, CLOSING, SAID = 10, 9, 8, 7, 6, 5, 4, 3, 2, 1


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
    dashed = _DASH.match(text, candidate.end) is not None
    if place["place"] is None and dashed:
        return _is_top(text, candidate)
    if dashed:
        return True
    if place["place"] is None:
        return candidate.start == first and _AFTER_DAY.match(text, candidate.end) is not None and _is_top(text, candidate)
    bracketed = text[first] == "(" and _AFTER_BRACKET.match(text, candidate.end) is not None
    return bracketed or _AFTER_PLACE.match(text, candidate.end) is not None


def _is_top(text: str, candidate: Candidate) -> bool:
    """Whether fewer than a dozen lines stand above."""
    return candidate.start < _TOP and sum(bool(line.strip()) for line in text[: candidate.start].split("\n")) <= _TOP_LINES


def _is_bottom(text: str, candidate: Candidate, lines: int = _BOTTOM_LINES) -> bool:
    """Whether at most a few lines stand below."""
    return len(text) - candidate.end < _TOP and sum(bool(line.strip()) for line in text[candidate.end :].split("\n")) <= lines


def _score(text: str, folded: str, candidate: Candidate) -> int:
    """How much a candidate looks like the publication date, 0 for not at all; a month can only be that of an issue."""
    first, last = _line_around(text, candidate)
    if len(candidate.value) < 10:
        return _month_score(text, folded, candidate, first, last)
    before = folded[max(first, candidate.start - 60) : candidate.start]
    cues = load_cues()["header"]
    if cues["updated"].search(before):
        return UPDATED
    if cues["published"].search(before) and last - first < 200 or cues["published_at"].search(before):
        return PUBLISHED
    if _is_dateline(text, candidate, first):
        return DATELINE
    if cues["closing"].search(before):
        return CLOSING
    return _place_score(text, folded, candidate, first, last) or (
        SAID if candidate.start < _TOP and cues["said"].search(before + folded[candidate.start : candidate.end]) else 0
    )


def _month_score(text: str, folded: str, candidate: Candidate, first: int, last: int) -> int:
    """How much a month looks like that of an issue: in a heading that names one, or in a field of its own."""
    if _is_heading(text, folded, candidate, first, last) and load_cues()["header"]["issue"].search(folded, first, last):
        return ISSUED
    framed = _is_top(text, candidate) or _is_bottom(text, candidate, 1)
    return ISSUE if framed and _is_field(text, candidate, first, last) else 0


def _place_score(text: str, folded: str, candidate: Candidate, first: int, last: int) -> int:
    """What a day is worth by where it stands: a field at the top, a heading, a field or a byline at the bottom."""
    field = _is_field(text, candidate, first, last)
    if field and _is_top(text, candidate):
        return TOP
    if _is_heading(text, folded, candidate, first, last):
        return HEADING
    if not _is_bottom(text, candidate):
        return 0
    return BOTTOM if field or _is_signed_off(text, candidate, first, last) else 0


def _is_heading(text: str, folded: str, candidate: Candidate, first: int, last: int) -> bool:
    """`La revue du bois, 29 mars 2013`, `Billet du 17 novembre 2022`: set apart in one of the short lines at the very top."""
    above = [line for line in text[:first].split("\n") if line.strip()] if first < _TOP else []
    if first >= _TOP or last - first > _HEADING or len(above) >= _HEADING_LINES or any(len(line) > _HEADING for line in above):
        return False
    after = text[candidate.end : last]
    prose = _PROSE.search(text[first:last]) is not None
    if _REST.fullmatch(after) is None and (prose or _APART.fullmatch(after) is None):
        return False
    cues, before = load_cues()["header"], text[first : candidate.start]
    if cues["heading"].search(folded, first, candidate.start):
        return True
    return _ends_apart(before) and cues["meeting"].search(folded, first, last) is None


def _ends_apart(before: str) -> bool:
    """Whether the words before a date end in a separator, an article aside."""
    bare = before.removesuffix("le ").removesuffix("Le ")
    return not bare.strip() or bare.endswith("   ") or bare.rstrip()[-1] in _SEPARATORS


def _is_signed_off(text: str, candidate: Candidate, first: int, last: int) -> bool:
    """`5 décembre 2018, M. E.`, `8 février 2023, page 6`: a line for the date and a byline."""
    return _LEAD.fullmatch(text, first, candidate.start) is not None and _BYLINE.fullmatch(text, candidate.end, last) is not None


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
