"""How fast the observatory is built: `python benchmarks/observatory.py [--documents 5000] [--facts 20000] [--keep DIR]`.

Makes the rows of that many documents and facts (agreements with their parties, projects with members, grants), publishes them, builds the
site, and prints the seconds and megabytes; with Chromium and Playwright at hand, also how long a page takes until it can be used.
"""

import argparse
import itertools
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.core.schema import AGREEMENT_KINDS, AGREEMENT_STATUSES, ORGANISATION_KINDS, table_names
from pipeline.observatory.site import Site, build_site
from pipeline.tables.frames import Tables, frame
from pipeline.versions.store import Store

Rows = dict[str, list[Mapping[str, object]]]

COUNTRIES = (
    "FR",
    "DE",
    "IT",
    "ES",
    "BE",
    "CH",
    "GB",
    "US",
    "CA",
    "JP",
    "KR",
    "IN",
    "BR",
    "MA",
    "SN",
    "PL",
    "CZ",
    "SE",
    "NL",
    "SG",
    "AU",
    "IL",
    None,
)
TOWNS = ("Lyon", "Namur", "Turin", "Osaka", "Dakar", "Brno", "Malmö", "Bilbao", "Graz", "Québec")
TRADES = ("Bio", "Aéro", "Agro", "Photonique", "Hydrogène", "Textile", "Santé", "Robotique")
BROWSER = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)


def made_tables(documents: int, facts: int, seed: int = 7) -> Tables:
    """The rows of that many documents and facts, the same every time."""
    chance = random.Random(seed)
    rows: Rows = {name: [] for name in table_names()}
    add_organisations(rows, max(documents // 2, 20), chance)
    add_names(rows, max(documents // 5, 5))
    for number in range(documents):
        add_document(rows, number, facts // documents, chance)
    rows["project_members"] = list({tuple(row.values()): row for row in rows["project_members"]}.values())
    return {name: frame(name, listed) for name, listed in rows.items()}


def add_organisations(rows: Rows, number: int, chance: random.Random) -> None:
    """Organisations, a third of them clusters."""
    for index in range(number):
        kind = "cluster" if index % 3 == 0 else chance.choice(ORGANISATION_KINDS)
        name = f"{chance.choice(TRADES)} {chance.choice(TOWNS)} {index}"
        key = f"org-{index:016x}"
        rows["organisations"].append({"organisation_id": key, "name": name, "kind": kind, "country_code": chance.choice(COUNTRIES)})
        rows["organisation_aliases"].append({"organisation_id": key, "alias": name.upper()})


def add_names(rows: Rows, number: int) -> None:
    """Projects, and a few programmes."""
    rows["projects"] += [
        {"project_id": f"prj-{index:016x}", "name": f"PROJET-{index}", "start_date": f"{2010 + index % 15}"} for index in range(number)
    ]
    rows["programmes"] += [{"programme_id": f"prg-{index:016x}", "name": f"Programme {index}"} for index in range(12)]


def add_document(rows: Rows, number: int, facts: int, chance: random.Random) -> None:
    """One document, whose every paragraph states a fact."""
    key = f"doc-{number:016x}"
    year = chance.randint(2008, 2026)
    quotes = [f"Le fait numéro {index} du document {number} est un accord signé entre deux clusters européens." for index in range(facts)]
    text = "\n\n".join(quotes)
    head = {
        "document_id": key,
        "source_uri": f"https://presse.example/{number}",
        "title": f"Dépêche {number}",
        "published_on": f"{year}-05-17",
    }
    rows["documents"].append(
        {**head, "language": "fr", "status": "extracted", "char_count": len(text), "tokens_present": 9, "tokens_read": 9}
    )
    rows["texts"].append({"document_id": key, "text": text})
    for quote, add in zip(quotes, itertools.cycle((add_agreement, add_agreement, add_member, add_grant)), strict=False):
        table, row_id = add(rows, f"{len(rows['evidence']):016x}", year, chance)
        start = text.index(quote)
        place = {
            "document_id": key,
            "char_start": start,
            "char_end": start + len(quote),
            "quote": quote,
            "method": "benchmark",
            "confidence": 1.0,
        }
        rows["evidence"].append({"evidence_id": f"evi-{len(rows['evidence']):016x}", "table_name": table, "row_id": row_id, **place})


def add_agreement(rows: Rows, digits: str, year: int, chance: random.Random) -> tuple[str, str]:
    """An agreement between two organisations; a few have very many."""
    count = len(rows["organisations"])
    one, other = (min(int(chance.expovariate(5) * count), count - 1) for _ in range(2))
    key, kind, status = f"agr-{digits}", chance.choice(AGREEMENT_KINDS), chance.choice(AGREEMENT_STATUSES)
    rows["agreements"].append(
        {"agreement_id": key, "kind": kind, "status": status, "signed_on": chance.choice((f"{year}-03", f"{year}", None))}
    )
    for number, side in ((one, "signatory"), ((other + 1) % count if other == one else other, "counterpart")):
        rows["agreement_parties"].append({"agreement_id": key, "organisation_id": f"org-{number:016x}", "side": side})
    return "agreements", key


def add_member(rows: Rows, digits: str, year: int, chance: random.Random) -> tuple[str, str]:
    """A member of a project."""
    count = len(rows["organisations"])
    member = {
        "project_id": chance.choice(rows["projects"])["project_id"],
        "organisation_id": f"org-{int(digits, 16) % count:016x}",
        "role": "partner",
    }
    rows["project_members"].append(member)
    return "project_members", "|".join(map(str, member.values()))


def add_grant(rows: Rows, digits: str, year: int, chance: random.Random) -> tuple[str, str]:
    """A grant to a project."""
    sources = {
        "project_id": chance.choice(rows["projects"])["project_id"],
        "programme_id": chance.choice(rows["programmes"])["programme_id"],
    }
    sum_of_money = {"amount": float(chance.randint(1, 90) * 100_000), "currency": "EUR", "amount_shared": False}
    rows["funding"].append({"funding_id": f"fun-{digits}", **sources, **sum_of_money, "start_date": str(year)})
    return "funding", f"fun-{digits}"


def measures(site: Site, seconds: float) -> Iterator[str]:
    """What was made, and how fast."""
    files = [path for path in site.folder.rglob("*") if path.is_file()]
    yield f"built in {seconds:.1f} s: {site.pages} pages, {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB"
    yield f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    largest = sorted(site.folder.glob("*.html"), key=lambda path: -path.stat().st_size)
    yield "at the root: " + ", ".join(f"{path.name} {path.stat().st_size / 1e3:.0f} kB" for path in largest)
    yield from loaded(site, ("index.html", "reseau.html", "documents.html", "recherche.html?q=malmo"))


def loaded(site: Site, addresses: tuple[str, ...]) -> Iterator[str]:
    """Seconds in Chromium until a page has answered a click on the language switch."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER.split())
        page = browser.new_page()
        page.goto("about:blank")
        for address in addresses:
            start = time.perf_counter()
            page.goto(f"{site.folder.as_uri()}/{address}")
            page.click("#language")
            page.wait_for_function("document.documentElement.lang === 'en'")
            yield f"{address}: usable after {time.perf_counter() - start:.2f} s"
            page.click("#language")
        browser.close()


def main() -> None:
    """Build the site of invented rows and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--facts", type=int, default=20000)
    parser.add_argument("--keep", type=Path, help="outputs folder that stays")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(options.keep or Path(folder))
        store.publish(store.stage(made_tables(options.documents, options.facts), {}))
        start = time.perf_counter()
        site = build_site(store.outputs)
        print("\n".join(measures(site, time.perf_counter() - start)))


if __name__ == "__main__":
    main()
