"""A published version made by hand, with everything that a page can show, and names and quotes that try to be markup."""

from pathlib import Path

from pipeline.core.schema import table_names
from pipeline.tables.frames import Tables, frame
from pipeline.versions.store import Store

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>&{{ 7*7 }}</script>\u2028"
QUOTE = "Le pôle Éclat-Énergie a signé, avec “Zürich & Co”, un accord - de trois ans."
TEXT = f"{QUOTE}\n\n{HOSTILE} est financé par {HOSTILE}.\n\nDeux accords ont été signés en mars 2019."


def tables(agreements: int = 3) -> Tables:
    """The rows; `agreements` of them, so that one version can have more than another."""
    rows = {name: [] for name in table_names()}
    rows["documents"] = [
        document("doc-1", "https://presse.example/a?b=<c>#haut", HOSTILE, published_on="2019-03-12"),
        document("doc-2", "javascript:alert(1)", "Dépêche", published_on="2019"),
        document("doc-3", "press/vide.txt", None, status="quarantined", reason="the document is empty"),
    ]
    rows["texts"] = [{"document_id": key, "text": TEXT} for key in ("doc-1", "doc-2")]
    rows["organisations"] = [
        organisation("org-1", "Éclat-Énergie", country_code="FR", region="Bretagne"),
        organisation("org-2", HOSTILE, country_code="CH"),
        organisation("org-3", "=cmd|' /C calc'!A0", kind="company"),
    ]
    rows["organisation_aliases"] = [{"organisation_id": "org-1", "alias": alias} for alias in ("Éclat-Énergie", "ECLAT", HOSTILE)]
    rows["projects"] = [{"project_id": "prj-1", "name": HOSTILE, "start_date": "2018-01", "end_date": "2020", "duration_months": 36}]
    rows["project_members"] = [{"project_id": "prj-1", "organisation_id": f"org-{n}", "role": "partner"} for n in (1, 2)]
    rows["programmes"] = [{"programme_id": "prg-1", "name": f"Programme {HOSTILE}"}, {"programme_id": "prg-2", "name": "COSME"}]
    rows["funding"] = [
        grant("fun-1", project_id="prj-1", amount=920000.5),
        grant("fun-2", organisation_id="org-3", amount=None, amount_shared=True),
    ]
    for number in range(1, agreements + 1):
        add_agreement(rows, number)
    rows["declared_counts"] = [
        {"declared_id": "dec-1", "document_id": "doc-1", "project_id": "prj-1", "fact": "agreement", "declared": 2, "found": 3},
        {"declared_id": "dec-2", "document_id": "doc-2", "fact": HOSTILE, "declared": 5, "found": 0},
    ]
    rows["dates"] = [a_date()]
    rows["evidence"] += [stated("organisations", f"org-{n}", "doc-1") for n in (1, 2, 3)] + [stated("organisations", "org-1", "doc-2")]
    rows["evidence"] += [stated("projects", "prj-1", "doc-1", HOSTILE), stated("project_members", "prj-1|org-1|partner", "doc-1")]
    rows["evidence"] += [
        stated("funding", "fun-1", "doc-1", HOSTILE),
        stated("declared_counts", "dec-1", "doc-1"),
        stated("programmes", "prg-1", "doc-2"),
    ]
    return {name: frame(name, listed) for name, listed in rows.items()}


def document(key, uri, title, *, status="extracted", **values):
    counts = {"char_count": len(TEXT), "tokens_present": 9, "tokens_read": 9}
    return {"document_id": key, "source_uri": uri, "title": title, "language": "fr", "status": status, **counts, **values}


def organisation(key, name, *, kind="cluster", **values):
    return {"organisation_id": key, "name": name, "kind": kind, **values}


def grant(key, *, amount, amount_shared=False, **values):
    return {
        "funding_id": key,
        "programme_id": "prg-1",
        "funder_id": "org-3",
        "amount": amount,
        "currency": "EUR",
        "amount_shared": amount_shared,
        **values,
    }


def add_agreement(rows, number):
    key = f"agr-{number}"
    signed_on = ("2019-03-12", "2019", None)[number % 3]
    rows["agreements"].append({"agreement_id": key, "kind": "mou", "status": "signed", "signed_on": signed_on, "project_id": "prj-1"})
    sides = ((1, "signatory"), (2, "counterpart"), (3, "counterpart"))
    rows["agreement_parties"] += [{"agreement_id": key, "organisation_id": f"org-{n}", "side": side} for n, side in sides]
    rows["evidence"] += [stated("agreements", key, "doc-1"), stated("agreements", key, "doc-2", HOSTILE)]


def stated(table, row_id, document_id, quote=QUOTE):
    start = TEXT.index(quote)
    place = {"char_start": start, "char_end": start + len(quote), "quote": quote, "method": "rule", "confidence": 0.9}
    return {"evidence_id": f"{table} {row_id} {document_id}", "table_name": table, "row_id": row_id, "document_id": document_id, **place}


def a_date():
    start = TEXT.index("mars 2019")
    place = {"char_start": start, "char_end": start + 9, "text": "mars 2019", "type": "DATE", "value": "2019-03", "role": "signed"}
    return {"date_id": "dat-1", "document_id": "doc-1", **place, "basis": "explicit", "guess": False}


def publish(outputs: Path, *, agreements: int = 3) -> Store:
    """Publish a version with these rows."""
    store = Store(outputs)
    store.publish(store.stage(tables(agreements), {"made": "by hand"}))
    return store
