"""Publication dates as metadata write them → ISO 8601, no more precise than they are."""

import logging
import re
from datetime import date
from email.utils import parsedate_to_datetime

import dateparser

LOG = logging.getLogger(__name__)
ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?=\D|$))?)?(?=$|[T ].*)")
SLASHED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


def calendar_day(words: str | None) -> str | None:
    """ISO date of what a source gives as publication date.

    Args:
        words: an ISO date or timestamp, an RFC 822 date (feeds), `14/03/2019`, or a written date in French or English.

    Returns:
        `2019`, `2019-03` or `2019-03-14`; a timestamp counts by its own day, whatever its zone. None for nothing, and, with a warning in
        the log, for words that are no date.
    """
    if not words or not words.strip():
        return None
    found = iso_prefix(words.strip()) or slashed(words.strip()) or feed_date(words.strip()) or written(words.strip())
    if found is None:
        LOG.warning("%r is given as a publication date and is none", words)
    return found


def iso_prefix(words: str) -> str | None:
    """An ISO date or the day of an ISO timestamp."""
    found = ISO.match(words)
    if found is None:
        return None
    given = [part for part in found.groups() if part]
    return "-".join(given) if exists(*(int(part) for part in given)) else None


def slashed(words: str) -> str | None:
    """Day, month and year in figures, in that order."""
    found = SLASHED.match(words)
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups())
    return date(year, month, day).isoformat() if exists(year, month, day) else None


def exists(year: int, month: int = 1, day: int = 1) -> bool:
    """Whether the calendar holds that day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def feed_date(words: str) -> str | None:
    """The day of an RFC 822 date, in its own time zone."""
    try:
        return parsedate_to_datetime(words).date().isoformat()
    except (TypeError, ValueError):
        return None


def written(words: str) -> str | None:
    """A date in words, only if day, month and year are told."""
    found = dateparser.parse(
        words, languages=["fr", "en"], settings={"PARSERS": ["absolute-time"], "STRICT_PARSING": True, "DATE_ORDER": "DMY"}
    )
    return found.date().isoformat() if found else None
