"""Entities with their facts and the words that state them: what pages are made of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.observatory.links import page_path, quote_address, web_address
from pipeline.observatory.reading import Row, Rows


@dataclass(frozen=True, slots=True)
class Party:
    """One party of an agreement."""

    organisation_id: str
    name: str
    country_code: str | None

    @property
    def href(self) -> str:
        """Its page."""
        return page_path("organisation", self.organisation_id)


@dataclass(frozen=True, slots=True)
class Quote:
    """The words by which a document states a fact."""

    document_id: str
    document: str
    published_on: str | None
    fact: str
    row_id: str
    about: str | None
    text: str
    start: int
    end: int
    source: str | None

    @property
    def anchor(self) -> str:
        """Its place on the document's page."""
        return f"c{self.start}-{self.end}"

    @property
    def href(self) -> str:
        """Its place in the document, on this site."""
        return f"{page_path('document', self.document_id)}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement with its parties and quotes."""

    agreement_id: str
    kind: str
    status: str
    signed_on: str | None
    start_date: str | None
    end_date: str | None
    duration_months: int | None
    project_id: str | None
    project: str | None
    signatories: tuple[Party, ...]
    counterparts: tuple[Party, ...]
    quotes: tuple[Quote, ...]

    @property
    def year(self) -> str | None:
        """The year in which it was signed, else in which it starts."""
        return (self.signed_on or self.start_date or "")[:4] or None

    @property
    def href(self) -> str:
        """Its place among the agreements of its year."""
        return f"{page_path('year', self.year)}#{self.agreement_id}"


class Catalogue:
    """Everything that one version holds, looked up by what it is about."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.totals = rows["totals"][0]
        self.quotes = grouped((quote_of(row) for row in rows["statements"]), lambda quote: (quote.fact, quote.row_id))
        self.agreements = list(self._agreements())

    def _agreements(self) -> Iterable[Agreement]:
        for agreement_id, rows in by(self.rows["agreements"], "agreement_id").items():
            head = rows[0]
            kept = ("kind", "status", "signed_on", "start_date", "end_date", "duration_months", "project_id", "project")
            yield Agreement(
                agreement_id,
                **{column: head[column] for column in kept},
                signatories=parties(rows, "signatory"),
                counterparts=parties(rows, "counterpart"),
                quotes=self.stated("agreements", agreement_id),
            )

    def stated(self, table: str, row_id: str) -> tuple[Quote, ...]:
        """The quotes that state a row, each once: two rules may rest on the same words."""
        return tuple({(quote.document_id, quote.start, quote.end): quote for quote in self.quotes.get((table, row_id), ())}.values())

    def first_quotes(self, table: str, row_id: str) -> list[Quote]:
        """The first quote of each document that states a row."""
        return [quotes[0] for quotes in grouped(self.stated(table, row_id), lambda quote: quote.document_id).values()]

    @cached_property
    def organisations(self) -> Mapping[str, Row]:
        """Organisations by id."""
        return {row["organisation_id"]: row for row in self.rows["organisations"]}

    @cached_property
    def documents(self) -> Mapping[str, Row]:
        """Documents by id."""
        return {row["document_id"]: row for row in self.rows["documents"]}

    @cached_property
    def aliases(self) -> Mapping[Any, list[Row]]:
        """Other names by organisation."""
        return by(self.rows["aliases"], "organisation_id")

    @cached_property
    def agreements_of_document(self) -> Mapping[str, list[Agreement]]:
        """Agreements by the documents that state them."""
        return indexed((quote.document_id, agreement) for agreement in self.agreements for quote in agreement.quotes)

    @cached_property
    def agreements_of_organisation(self) -> Mapping[str, list[Agreement]]:
        """Agreements by party, whatever its side."""
        return indexed((p.organisation_id, a) for a in self.agreements for p in (*a.signatories, *a.counterparts))

    @cached_property
    def agreements_of_country(self) -> Mapping[str | None, list[Agreement]]:
        """Agreements by the counterparts' countries, as the map counts them; None for those without a known one."""
        return indexed((code, a) for a in self.agreements for code in countries(a))

    @cached_property
    def agreements_of_project(self) -> Mapping[str | None, list[Agreement]]:
        """Agreements by the project in whose name they were signed."""
        return indexed((agreement.project_id, agreement) for agreement in self.agreements)

    @cached_property
    def agreements_of_year(self) -> Mapping[str | None, list[Agreement]]:
        """Agreements by year; None for those without a date."""
        return indexed((agreement.year, agreement) for agreement in self.agreements)

    @cached_property
    def partners(self) -> Mapping[Any, list[Row]]:
        """Partners by cluster."""
        return by(self.rows["partners"], "cluster_id")

    @cached_property
    def parts(self) -> Mapping[Any, list[Row]]:
        """Members and grants by project."""
        return by(self.rows["project_parts"], "project_id")

    @cached_property
    def memberships(self) -> Mapping[Any, list[Row]]:
        """Projects by member."""
        return by((row for row in self.rows["project_parts"] if row["part"] not in (None, "funding")), "organisation_id")

    def funding(self, column: str) -> Mapping[Any, list[Row]]:
        """Grants by one of their keys."""
        return self._funding[column]

    @cached_property
    def _funding(self) -> Mapping[str, Mapping[Any, list[Row]]]:
        columns = ("project_id", "organisation_id", "programme_id", "funder_id")
        return {column: by(self.rows["funding"], column) for column in columns}

    @cached_property
    def organisations_of_country(self) -> Mapping[Any, list[Row]]:
        """Organisations by country."""
        return by(self.rows["organisations"], "country_code")

    @cached_property
    def quotes_of_document(self) -> Mapping[str, list[Quote]]:
        """Everything that a document states, in its order."""
        return grouped((quote for quotes in self.quotes.values() for quote in quotes), lambda quote: quote.document_id)

    @cached_property
    def declared(self) -> Mapping[Any, list[Row]]:
        """Declared counts by document."""
        return by(self.rows["declared_counts"], "document_id")

    @cached_property
    def declared_of_project(self) -> Mapping[Any, list[Row]]:
        """Declared counts by project."""
        return by(self.rows["declared_counts"], "project_id")

    @cached_property
    def dates(self) -> Mapping[Any, list[Row]]:
        """Dates by document."""
        return by(self.rows["dates"], "document_id")


def quote_of(row: Row) -> Quote:
    """A quote with the address of its words in the source."""
    source = quote_address(row["source_uri"], row["quote"])
    head = (row["document_id"], document_title(row), row["published_on"])
    return Quote(*head, row["fact"], row["row_id"], row["about"], row["quote"], row["char_start"], row["char_end"], source)


def document_title(row: Row) -> str:
    """A document's title, else its address."""
    return str(row["title"] or row["source_uri"])


def source_of(row: Row) -> str | None:
    """A document's address on the web, if it has one."""
    return web_address(row["source_uri"])


def parties(rows: Iterable[Row], side: str) -> tuple[Party, ...]:
    """The parties of one side; the view repeats each one for every party of the other."""
    found = {row[f"{side}_id"]: Party(row[f"{side}_id"], row[side], row[f"{side}_country"]) for row in rows if row[f"{side}_id"]}
    return tuple(found.values())


def countries(agreement: Agreement) -> tuple[str | None, ...]:
    """The counterparts' countries, each once; one None where no counterpart is known."""
    return tuple(dict.fromkeys(party.country_code for party in agreement.counterparts)) or (None,)


def by(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column."""
    return grouped(rows, lambda row: row[column])


def grouped(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    """Items by their key, in their order."""
    return indexed((key(item), item) for item in items)


def indexed(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """Values by key, each value once per key."""
    found: dict[Any, dict[int, Any]] = defaultdict(dict)
    for key, value in pairs:
        found[key].setdefault(id(value), value)
    return {key: list(values.values()) for key, values in found.items()}
