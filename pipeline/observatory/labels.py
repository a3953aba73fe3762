"""The site's words in French and English: `labels.csv`, and the names of countries from CLDR."""

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from babel import Locale

NO_COUNTRY = "country.none"


class Label(NamedTuple):
    """One label in both languages."""

    fr: str
    en: str


@cache
def labels() -> Mapping[str, Label]:
    """Every label by its key: `agreements`, `kind.mou`, `country.DE` …"""
    return {**country_labels(), **own_labels()}


def own_labels() -> dict[str, Label]:
    """The labels of `labels.csv`."""
    content = files(__package__).joinpath("labels.csv").read_text("utf-8")
    return {row["key"]: Label(row["fr"], row["en"]) for row in csv.DictReader(io.StringIO(content), strict=True)}


def country_labels() -> dict[str, Label]:
    """The names of all countries."""
    french, english = Locale("fr").territories, Locale("en").territories
    codes = [str(code) for code in french if len(str(code)) == 2 and code in english]
    return {f"country.{code}": Label(french[code], english[code]) for code in codes}


def country_key(code: str | None) -> str:
    """Label of a country: `country.DE`; of a code that is none, the label for countries that are not told."""
    key = f"country.{code}"
    return key if code and key in labels() else NO_COUNTRY


def french(key: str) -> str:
    """A label in French; what is no key stands for itself."""
    label = labels().get(key)
    return label.fr if label else key
