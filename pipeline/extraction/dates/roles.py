"""What a date is told for, by the words around it: signed, since, project_start … (`models/dates/cues.csv`, families `role_*`)."""

from pipeline.extraction.dates.cues import load_cues

_REACH = 90  # code points of the same sentence that are looked at on either side
_EARLIER = 300  # code points before a length of time in which the accord or the project it belongs to may be named


def _nearest(family: str, window: str) -> str | None:
    """The role whose cue begins last in a window, None without any."""
    best, where = None, -1
    for role, pattern in load_cues()[family].items():
        last = max((match.start() for match in pattern.finditer(window)), default=-1)
        if last > where:
            best, where = role, last
    return best


def _length_role(before: str, earlier: str, after: str) -> str:
    """What a length of time is told for: by its clause; after `pour` or `durée`, by the sentences before as well."""
    told = _nearest("role_length", before)
    if told is None and load_cues()["length"]["opening"].search(before):
        told = _nearest("role_length", earlier)
    return told or _nearest("role_length", after) or "other"


def _last_start(window: str) -> str | None:
    """The role of the cue that begins last before the expression."""
    best, where = None, -1
    for role, pattern in load_cues()["role_before"].items():
        last = -1
        match = pattern.search(window)
        while match is not None:
            last = match.start()
            match = pattern.search(window, last + 1)
        if last > where:
            best, where = role, last
    return best


def _after(window: str) -> str | None:
    return next((role for role, pattern in load_cues()["role_after"].items() if pattern.search(window)), None)


def _by_grain(value: str) -> str:
    """What a date is told for when no word near it says so: days and months date events, spans of months and years projects."""
    first, _, last = value.partition("/")
    if last:
        return "event" if len(first) == 10 else "project_period"
    return "event" if len(first) >= 7 and "-W" not in first else "other"


def role_of(folded: str, span: tuple[int, int], sentence: tuple[int, int], value: str) -> str:
    """The role of a DATE or DURATION by its value, at a span of the folded text; `other` where nothing tells."""
    before = folded[max(sentence[0], span[0] - _REACH) : span[0]]
    after = folded[span[1] : min(sentence[1], span[1] + _REACH)]
    if value.startswith("P"):
        return _length_role(before, folded[max(0, span[0] - _EARLIER) : span[0]], after)
    role = _last_start(before) or _after(after)
    if "/" in value and role != "event" and _nearest("role_length", before + " " + after):
        return "project_period"
    return role or _by_grain(value)
