"""French dates: a text and a reference date in, TIMEX3 expressions (ISO-TimeML) out. No model, no network, linear time.

The way of a text: `folding` and `tokens` make a line of classes of it, `points`, `durations` and `compounds` read phrases on that line,
`guards` and `masking` refuse what only looks like a date, `context` and `resolution` give it a value, `calendar` its first and last
day, `roles` what it is told for, `header` which one is the publication date. Every word is in `models/dates/`.
"""

from pipeline.extraction.dates.scanning import Rejection, Scan, find_dates, find_publication_date, scan

__all__ = ["Rejection", "Scan", "find_dates", "find_publication_date", "scan"]
