"""The peers of `benchmarks/dates.py` as finders: text and reference date in; start, end, no type, and value out. Extra `peers`."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

Found = tuple[int, int, str, str]
Finder = Callable[[str, date | None], list[Found]]


def dateparser_finder() -> Finder:
    """`dateparser.search`: French, dates before the reference preferred as press texts do; value as fine as its parser says it is."""
    from dateparser import DateDataParser
    from dateparser.search import search_dates

    parser = DateDataParser(languages=["fr"])
    length = {"year": 4, "month": 7}

    def find(text: str, reference: date | None) -> list[Found]:
        base = datetime.combine(reference or date(2018, 1, 1), datetime.min.time())
        found = search_dates(text, languages=["fr"], settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}) or []
        return [
            (at, at + len(words), "", when.date().isoformat()[: length.get(parser.get_date_data(words).period, 10)])
            for words, when in found
            if (at := text.find(words)) >= 0
        ]

    return find


def edsnlp_finder() -> Finder:
    """EDS-NLP's `eds.dates`: value as far as it is told, relative dates against the reference, durations left to `eds.dates` as well."""
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer")
    nlp.add_pipe("eds.dates")

    def find(text: str, reference: date | None) -> list[Found]:
        doc = nlp.make_doc(text)
        doc._.note_datetime = datetime.combine(reference, datetime.min.time()) if reference else None
        spans = nlp(doc).spans
        dates = [(s.start_char, s.end_char, "", _eds_value(s._.date, doc)) for s in spans.get("dates", [])]
        return dates + [(s.start_char, s.end_char, "", _eds_length(s._.duration)) for s in spans.get("durations", [])]

    return find


def _eds_value(told: Any, doc: Any) -> str:
    """As fine as it was told: EDS-NLP completes what is missing from the note's date, and knows which parts were."""
    when = told.to_datetime(note_datetime=doc._.note_datetime, infer_from_context=True)
    day = str(when.date().isoformat()) if when else ""
    if getattr(told, "direction", None) is not None or not hasattr(told, "day"):
        unit = next((unit for unit in ("day", "week", "month", "year") if getattr(told, unit, None) is not None), "day")
        return day[: {"year": 4, "month": 7}.get(unit, 10)]
    if not day and told.year:
        return "-".join(f"{part:02d}" for part in (told.year, told.month, told.day) if part)
    return day[: 10 if told.day else 7 if told.month else 4]


def _eds_length(told: Any) -> str:
    units = {"year": "Y", "month": "M", "week": "W", "day": "D"}
    return "P" + "".join(f"{getattr(told, unit)}{letter}" for unit, letter in units.items() if getattr(told, unit, None))
