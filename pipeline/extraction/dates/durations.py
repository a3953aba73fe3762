"""The grammar of durations: `deux ans et demi`, `18 mois`, `une dizaine d'années`, `il y a cinq ans`, `dans trois mois`."""

import re
from dataclasses import replace

from pipeline.extraction.dates.phrases import Duration
from pipeline.extraction.dates.tokens import Line

_APPROX = r"(?P<approx>R|A?XD?|XR)?"
_CORE = re.compile(
    rf"(?P<sense>Q|I|zl?|D?iz?l?)?{_APPROX}"
    r"(?:(?P<num>[dnsuY]|u?GD?)(?:\([dn]\))?(?P<turn>[pPo])?(?P<unit>[1-8])(?P<half>Kh)?|(?P<decimal>&)(?P<unit4>[1-8])|u?(?P<demi>h)-?(?P<unit2>[1-8])|l?(?P<period>9))"
    r"(?:K?(?P<more>[dns])(?P<unit3>[1-4]))?"
)
_MONTHS = {"2": 1, "5": 3, "6": 6}
_YEARS = {"1": 1, "8": 10, "7": 100}
_DAYS = {"4": ("D", 1), "3": ("W", 1)}
_EXACT = {("A", "plus"): "EQUAL_OR_MORE", ("A", "moins"): "EQUAL_OR_LESS"}


def _value(code: str, count: int, *, half: bool = False) -> tuple[str, str, int]:
    """The TIMEX3 value, unit and count of so many units; half a year is six months and half a century fifty years."""
    if code in _YEARS:
        doubled = 2 * count * _YEARS[code] + (_YEARS[code] if half else 0)
        return (f"P{doubled // 2}Y", "Y", doubled // 2) if doubled % 2 == 0 else (f"P{doubled * 6}M", "M", doubled * 6)
    if code in _MONTHS:
        doubled = (2 * count + half) * _MONTHS[code]
        return (f"P{doubled // 2}M", "M", doubled // 2) if doubled % 2 == 0 else (f"P{doubled / 2:g}M", "M", doubled // 2)
    unit = _DAYS[code][0]
    return f"P{count}{'.5' if half else ''}{unit}", unit, count


def _mod(line: Line, match: re.Match[str], sense: int) -> str | None:
    """`environ` and the like; `au moins` is at least; for a distance, more than is BEFORE and less than AFTER (ISO-TimeML)."""
    group = match.group("num")
    if group and "G" in group:
        return "APPROX"
    if not match.group("approx"):
        return None
    words = [line.word(index) for index in range(match.start("approx"), match.end("approx"))]
    if words[0] == "au":
        return "EQUAL_OR_MORE" if "moins" in words else "EQUAL_OR_LESS"
    mod = "MORE_THAN" if "plus" in words else "LESS_THAN" if "moins" in words else "APPROX"
    return (
        mod
        if sense == 0
        else {"MORE_THAN": "BEFORE" if sense < 0 else "AFTER", "LESS_THAN": "AFTER" if sense < 0 else "BEFORE"}.get(mod, mod)
    )


def _sense(match: re.Match[str]) -> int:
    """Past after `il y a` and `depuis`, future after `dans` and `d'ici`; `dans les trois ans` is a plain length."""
    opening = match.group("sense") or ""
    if opening == "I":
        return -1 if match.group("unit") in tuple("1234") else 0  # "depuis un siècle" counts from no year
    return -1 if opening == "Q" else 1 if opening and not opening.endswith("l") else 0


def _count(line: Line, match: re.Match[str]) -> int:
    numbers = [token for token in line.tokens[match.start("num") : match.end("num")] if token.code != "D"]
    return numbers[-1].number if numbers[-1].code != "u" else 1


def _compound(line: Line, match: re.Match[str], code: str, value: str) -> str | None:
    """`deux ans et trois mois`: a second, smaller unit; None if it is not smaller."""
    smaller = match.group("unit3")
    if not smaller or smaller <= code or match.group("half") or code not in "123":
        return None
    return value + f"{line.tokens[match.start('more')].number}{ {'2': 'M', '3': 'W', '4': 'D'}[smaller] }"


def _start(match: re.Match[str], sense: int) -> int:
    """Where the words of the expression begin: `il y a` and `dans` belong to a distance, `depuis` and `dans les` do not."""
    first = (
        match.start("approx")
        if match.group("approx")
        else next(match.start(g) for g in ("num", "decimal", "demi", "period") if match.group(g))
    )
    if match.group("demi") and match.string[match.start("demi") - 1] == "u":
        first = min(first, match.start("demi") - 1)
    return match.start() if sense and match.group("sense") != "I" else first


def _is_filled(match: re.Match[str]) -> bool:
    """`un jour`, `une journée`, `une semaine de rencontres`: something that fills the time, not a length."""
    unit, after = match.group("unit"), match.string[match.end("unit") : match.end("unit") + 1] if match.group("unit") else ""
    filled = match.group("num") == "u" and (unit == "4" or (unit in ("1", "3") and after == "D"))
    return filled or match.group("unit2") == "4"  # a half-day


_RANGE = re.compile(r"(?P<first>[dn])(?:A|-|K)(?=[dn][1-6])")


def read_range(line: Line, index: int) -> list[Duration]:
    """The two durations of `8 à 24 mois`, the unit lent to the first; an empty list if there is no such pair."""
    match = _RANGE.match(line.classes, index)
    last = read_duration(line, match.end()) if match else None
    if match is None or last is None or (match.group()[1] == "K" and line.word(index + 1) != "ou"):
        return []
    value, unit, count = _value(line.classes[match.end() + 1], line.tokens[index].number)
    return [Duration(index, index + 1, value, None, unit, count), last]


def as_length(duration: Duration) -> Duration:
    """A distance as the plain length that it is where no day is known to count from."""
    mods = {"BEFORE": "MORE_THAN", "AFTER": "LESS_THAN"}
    return replace(duration, sense=0, mod=mods.get(duration.mod or "", duration.mod))


def read_duration(line: Line, index: int) -> Duration | None:
    """The duration that begins at a token, or None. Sets (`par an`, `tous les deux ans`) and ages are for the guards to refuse."""
    match = _CORE.match(line.classes, index)
    if match is None or _is_filled(match):
        return None
    sense = _sense(match)
    if match.group("period"):
        value, unit, count, end = line.tokens[match.start("period")].value, "Y", 5, match.end("period")
    elif match.group("decimal"):
        value, unit, count = _value(match.group("unit4"), line.tokens[match.start("decimal")].number, half=True)
        end = match.end("unit4")
    elif match.group("demi"):
        value, unit, count = _value(match.group("unit2"), 0, half=True)
        end = match.end("unit2")
    else:
        code = match.group("unit")
        value, unit, count = _value(code, _count(line, match), half=bool(match.group("half")))
        compound = _compound(line, match, code, value)
        value, end = (compound, match.end()) if compound else (value, match.end("half") if match.group("half") else match.end("unit"))
    return Duration(_start(match, sense), end, value, _mod(line, match, sense), unit, count, sense)
