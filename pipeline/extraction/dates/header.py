"""The publication date that a header, a dateline or a publication note gives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.dates.cues import load_cues

_REACH = 4000  # code points from the top in which a dateline may stand
_TOP_LINES = 12
_TOP = 1500
_PLACE = re.compile(r"[\W]{0,3}(?:[A-ZÀ-ÖØ-Þ][\w'’().\-]*(?:[ ,/]{1,2}(?:[A-ZÀ-ÖØ-Þ(][\w'’().\-]*|de|du|la|le|les|sur|sous|en|et|à))*[ ]?[,.:–-]?[ ]*)?(?:[Ll]e )?")
_DASH = re.compile(r"\s{0,3}(?:[–—−:|_]|- |-\s|/ ?/|\)\s?[–—-])")
_REST = re.compile(r"[\s,;.|•·()\]–—-]*(?:(?:à|a|at|-)?\s*[0-9]{1,2}\s?(?:h|:|H)\s?(?:[0-9]{2})?(?::[0-9]{2})?\s*(?:min)?)?[\s,;.|•·()\]–—-]*")
_LEAD = re.compile(r"[\s|•·\[(–—>*#-]*(?:[Ll]e |[Dd]ate\s?: ?|DATE\s?: ?)?")
_FIELD = re.compile(r"[|•·\n]|\s[–—-]\s")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole date that may be the publication date: its code points, half-open, and its ISO day."""

    start: int
    end: int
    value: str


def _line_around(text: str, candidate: Candidate) -> tuple[int, int]:
    end = text.find("\n", candidate.end)
    return text.rfind("\n", 0, candidate.start) + 1, len(text) if end < 0 else end


def _field_around(text: str, candidate: Candidate, first: int, last: int) -> tuple[str, str]:
    """What the candidate's field (between bars, bullets, spaced dashes or line ends) holds before and after it."""
    before = _FIELD.split(text[first : candidate.start])[-1]
    after = _FIELD.split(text[candidate.end : last], maxsplit=1)[0]
    return before, after


def _is_dateline(text: str, candidate: Candidate, first: int) -> bool:
    """`Paris, le 3 février 2016 –`: a place or nothing before, a dash or a colon after."""
    if candidate.start >= _REACH or candidate.start - first > 80:
        return False
    return _PLACE.fullmatch(text, first, candidate.start) is not None and _DASH.match(text, candidate.end) is not None


def _score(text: str, folded: str, candidate: Candidate) -> int:
    """How much a candidate looks like the publication date: 5 told so, 4 a dateline, 3 a field or line of its own at the top, 1 a closing."""
    first, last = _line_around(text, candidate)
    before = folded[max(first, candidate.start - 60) : candidate.start]
    cues = load_cues()["header"]
    if cues["updated"].search(before):
        return 2
    if cues["published"].search(before) and last - first < 200:
        return 5
    if _is_dateline(text, candidate, first):
        return 4
    if cues["closing"].search(before):
        return 1
    return _score_alone(text, candidate, first, last)


def _score_alone(text: str, candidate: Candidate, first: int, last: int) -> int:
    """A date that has a line or a field of a line for itself, near the top; or a place with its date as a line."""
    if candidate.start > _TOP or text.count("\n", 0, candidate.start) > 2 * _TOP_LINES or last - first > 200:
        return 0
    before, after = _field_around(text, candidate, first, last)
    if _REST.fullmatch(after) is None:
        return 0
    if _LEAD.fullmatch(before) is not None:
        return 3
    return 2 if _PLACE.fullmatch(before) is not None and len(before) < 60 and before.rstrip().endswith(("le", "Le", ",")) else 0


def published_candidate(text: str, folded: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that the header, a dateline or a note gives as the publication date; the first of the best ones, None without any."""
    scored = [(_score(text, folded, candidate), -candidate.start, candidate) for candidate in candidates]
    best = max(scored, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] > 0 else None
