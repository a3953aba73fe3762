"""Where facts get lost, and where wrong ones come from: `python benchmarks/errors.py [--part dev] [--shared DIR] [--examples N]`.

Every missed and every wrong fact of a part of the annotated corpus (and of `dev/` below DIR) is given the first stage at which it went
wrong, and the causes are counted: the commonest first, with examples.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.extraction import Sample, folder_sample, part_of_corpus
from pipeline.core.facts import DocumentFacts, Entity
from pipeline.extraction.engine import load_extractor
from pipeline.resolution import resolve
from pipeline.tables.build import build_tables
from pipeline.tables.score import FAMILIES, score_tables
from pipeline.tables.score_facts import Gold
from pipeline.tables.score_view import plain, plain_set

Cause = tuple[str, str]
"""A family of facts, and what went wrong."""


def entity_of(names: Any, facts: DocumentFacts) -> Entity | None:
    """The entity that bears one of some names."""
    wanted = plain_set(names)
    return next((entity for entity in facts.entities if wanted & {plain(name) for name in entity.names}), None)


def naming(names: Any, facts: DocumentFacts) -> str | None:
    """Why nothing bears one of some names, None if something does."""
    if entity_of(names, facts):
        return None
    wanted, found = plain_set(names), {plain(name) for entity in facts.entities for name in entity.names}
    cut = any(name in other or other in name for name in wanted for other in found if len(other) > len("abc"))
    return "name with wrong bounds" if cut else "name not found"


def lost_cluster(gold: Gold, facts: DocumentFacts) -> str:
    """Why a cluster was missed."""
    entity = entity_of(gold["names"], facts)
    return naming(gold["names"], facts) or f"taken for {entity.label.value if entity else '?'}"


def lost_link(sides: Sequence[Any], facts: DocumentFacts, stated: Sequence[set[str]]) -> str:
    """Why a link between names was missed.

    Args:
        sides: for each side the names of which one is enough.
        facts: what was extracted.
        stated: the entity keys of each fact of the family that was extracted.
    """
    for names in sides:
        if why := naming(names, facts):
            return f"party: {why}"
    keys = {entity.key for names in sides if (entity := entity_of(names, facts))}
    near = max((len(keys & fact) for fact in stated), default=0)
    return "both found, told of another party" if near else "both found, no fact"


def lost_agreement(gold: Gold, facts: DocumentFacts) -> str:
    """Why an agreement was missed."""
    signing = [name for names in gold.get("signatories") or [] for name in names] or gold.get("project") or gold["counterpart"]
    return lost_link([gold["counterpart"], signing], facts, [{*a.signatories, *a.counterparts} for a in facts.agreements])


def lost_funding(gold: Gold, facts: DocumentFacts) -> str:
    """Why a grant was missed."""
    payers = [name for key in ("programme", "funder") for name in gold.get(key) or []]
    return lost_link([gold["beneficiary"], payers], facts, [{f.beneficiary, f.programme or "", f.funder or ""} for f in facts.funding])


LOST = {"clusters": lost_cluster, "agreements": lost_agreement, "funding": lost_funding}


def causes(family: str, gold: Gold, facts: DocumentFacts, notes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The cause of each missed and each wrong fact of one document, with the scorer's note."""
    left = list(gold.get(family, []))
    for note in notes:
        kind, _, what = note.removeprefix(f"{family}: ").partition(" ")
        if kind == "wrong":
            yield wrong(family, what, gold, facts), what
        elif family in LOST:
            fact = next(f for f in left if what == (f.get("names") or f.get("beneficiary") or f.get("counterpart"))[0])
            left.remove(fact)
            yield f"missed: {LOST[family](fact, facts)}", what
        else:
            yield "missed", what


def wrong(family: str, what: str, gold: Gold, facts: DocumentFacts) -> str:
    """Where a wrong fact comes from."""
    if family == "clusters":
        known = {plain(name) for cluster in gold["clusters"] for name in cluster["names"]}
        name = plain(what)
        return (
            "wrong: bounds of a cluster's name"
            if any(name in k or k in name for k in known)
            else "wrong: something else taken for a cluster"
        )
    if family == "agreements":
        return "wrong: other parties than told" if gold.get("agreements") else "wrong: no agreement told"
    if family == "funding":
        return "wrong: other beneficiary or payer" if gold.get("funding") else "wrong: no grant told"
    return "wrong"


def analyse(sample: Sample, facts: Sequence[DocumentFacts]) -> dict[Cause, list[str]]:
    """All causes of a sample with what they concern."""
    found: dict[Cause, list[str]] = defaultdict(list)
    names = {d.document_id: Path(d.source_uri).stem for d in sample.documents}
    by_name: Mapping[str, DocumentFacts] = {names[f.document_id]: f for f in facts}
    score = score_tables(build_tables(sample.documents, (), facts, resolve(facts)), sample.gold)
    for name, notes in score.notes.items():
        for family in FAMILIES:
            mine = [note for note in notes if note.startswith(f"{family}: ")]
            for cause, what in causes(family, sample.gold[name], by_name[name], mine):
                found[family, cause].append(f"{name}: {what}")
    return found


def main() -> None:
    """Print the causes, the commonest first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", default="dev", help="part of the annotated corpus: train, dev or test")
    parser.add_argument("--shared", type=Path, help="folder with dev/press/ and dev/gold/")
    parser.add_argument("--examples", type=int, default=3)
    options = parser.parse_args()
    samples = [part_of_corpus(options.part)]
    if options.shared:
        samples.append(folder_sample("dev", options.shared / "dev/press", options.shared / "dev/gold"))
    for sample in samples:
        facts = list(load_extractor().extract(sample.documents))
        found = analyse(sample, facts)
        print(f"{sample.name}: {sum(map(len, found.values()))} missed or wrong facts")
        for (family, cause), what in sorted(found.items(), key=lambda item: -len(item[1])):
            print(f"{len(what):>5}  {family:<11}{cause:<45}{'; '.join(what[: options.examples])}")


if __name__ == "__main__":
    main()
