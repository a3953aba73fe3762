"""Amounts of money: the notations of French press → a number and an ISO 4217 code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.facts import Span
from pipeline.core.lexicon import Lexicon

NUMBER = r"(?P<number>\d{1,3}(?:[ .'’\u00a0\u202f]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
SCALE = r"(?P<scale>milliards?|millions?|milliers?|M(?=[€$£ ]|EUR|CHF|USD|CAD|DH|DT|FCFA)|Mds?|Mio\.?|k|K|G)?"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in units of its currency."""

    span: Span
    value: float
    currency: str


SCALES = {"milliard": 1e9, "md": 1e9, "g": 1e9, "million": 1e6, "m": 1e6, "mio": 1e6, "millier": 1e3, "k": 1e3}


def find_amounts(text: str, span: Span, lexicon: Lexicon) -> list[Amount]:
    """Every amount of money inside a span.

    Args:
        lexicon: its patterns `currencies` say how currencies are written; the label is the ISO 4217 code.
    """
    found: list[Amount] = []
    for pattern in lexicon.patterns("currencies"):
        for before in (False, True):
            for match in currency_regex(pattern.regex.pattern, before).finditer(text, span.start, span.end):
                place = Span(match.start(), match.end())
                if not any(place.overlaps(other.span) for other in found):
                    found.append(Amount(place, value_of(match), pattern.label))
    return sorted(found, key=lambda amount: amount.span)


def currency_regex(currency: str, before: bool) -> re.Pattern[str]:
    """Number and currency in one pattern; some currencies stand before their number."""
    body = (
        rf"(?:{currency})[\s\u00a0\u202f]*{NUMBER}[\s\u00a0\u202f]*{SCALE}"
        if before
        else rf"{NUMBER}[\s\u00a0\u202f]*{SCALE}(?:[\s\u00a0\u202f]+(?:d['’]|de[\s\u00a0]+))?[\s\u00a0\u202f]*(?:{currency})"
    )
    return re.compile(rf"(?<![\d.,]){body}")


def value_of(match: re.Match[str]) -> float:
    """The number of a match in units: `1,2 M` → 1200000.0, `750.000` → 750000.0."""
    digits = match["number"]
    grouped = re.fullmatch(r"\d{1,3}(?:[ .'’\u00a0\u202f]\d{3})+(?:,\d+)?", digits) and not (match["scale"] and "." in digits)
    plain = re.sub(r"[ .'’\u00a0\u202f]", "", digits) if grouped else digits
    scale = (match["scale"] or "").lower().rstrip("s.")
    return round(float(plain.replace(",", ".")) * SCALES.get(scale, 1.0), 2)


BARE = re.compile(
    r"(?<![\d.,])(?:(?P<number>\d+(?:[.,]\d+)?)[\s\u00a0]*(?P<scale>millions?|milliards?)|(?P<grouped>\d{1,3}(?:[ .'’\u00a0\u202f]\d{3})+))"
    r"(?=\s*(?:[.,;)»]|\Z|\n|(?:et|du|d['’]|à|au|pour|par|en|sur|chacune?|suppl[ée]mentaires?|de la|de l['’]|de plus|est|sont)\b))"
)


def find_sums(text: str, span: Span, lexicon: Lexicon) -> list[Amount]:
    """Every amount inside a span, and bare numbers that stand for sums ("…, la Région 2 millions"): they take the currency told last."""
    told = find_amounts(text, span, lexicon)
    numbers = [m for m in BARE.finditer(text, span.start, span.end) if not any(a.span.overlaps(Span(m.start(), m.end())) for a in told)]
    if not numbers:
        return told
    known = told or find_amounts(text, Span(0, span.start), lexicon)[-1:] or find_amounts(text, Span(span.end, len(text)), lexicon)[:1]
    return sorted([*told, *(bare_sum(m, known) for m in numbers if known)], key=lambda amount: amount.span)


def bare_sum(match: re.Match[str], known: Sequence[Amount]) -> Amount:
    """A number without a currency as a sum in the currency of the last amount before it, else of the first."""
    before = [a for a in known if a.span.end <= match.start()]
    digits = re.sub(r"[ .'’\u00a0\u202f]", "", match["grouped"]) if match["grouped"] else match["number"].replace(",", ".")
    scale = SCALES[match["scale"].rstrip("s")] if match["scale"] else 1.0
    return Amount(Span(match.start(), match.end()), round(float(digits) * scale, 2), (before[-1] if before else known[0]).currency)
