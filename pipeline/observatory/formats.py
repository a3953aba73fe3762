"""Values as readers see them, in French; the attributes let `app.js` tell them in English."""

import re
from datetime import date
from functools import cache

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup

from pipeline.observatory.labels import country_key, french, labels

PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
PATTERNS = {4: "y", 7: "MMMM y", 10: "d MMMM y"}
CURRENCY = re.compile(r"[A-Z]{3}")


def label(key: str) -> Markup:
    """A label that the language switch can replace."""
    return Markup('<span data-l="{}">{}</span>').format(key, french(key))


def term(prefix: str, value: str) -> Markup:
    """The label of one of a set of values, `count.agreement`; a value without a label is shown as it stands."""
    key = f"{prefix}.{value}"
    return label(key) if key in labels() else Markup("{}").format(value)


def country(code: str | None) -> Markup:
    """The name of a country."""
    return label(country_key(code))


@cache
def moment(value: str | None) -> Markup:
    """A date as precise as it is: `2016-01` → janvier 2016; what is no date is shown as it stands."""
    if not value:
        return Markup("")
    day = first_day(value)
    if day is None:
        return Markup("{}").format(value)
    return Markup('<time datetime="{}">{}</time>').format(value, format_date(day, PATTERNS[len(value)], locale="fr"))


def first_day(value: str) -> date | None:
    """The first day of a date that may be a month or a year."""
    found = PARTIAL.fullmatch(value)
    if not found:
        return None
    try:
        return date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        return None


def figure(value: int, name: str) -> Markup:
    """A number that the views give; `name` says which, so that a test can recompute it."""
    return Markup('<data value="{}" data-figure="{}">{}</data>').format(value, name, format_decimal(value, locale="fr"))


def amount(value: float | None, currency: str | None) -> Markup:
    """A sum of money."""
    if value is None:
        return Markup("")
    known = currency if currency and CURRENCY.fullmatch(currency) else None
    shown = money(value, known) if known else format_decimal(value, locale="fr")
    return Markup('<data value="{}" data-currency="{}">{}</data>').format(value, known or "", shown)


def money(value: float, currency: str) -> str:
    """A sum in its currency, without cents where there are none."""
    return str(format_currency(value, currency, "#,##0.## ¤", locale="fr", currency_digits=False))
