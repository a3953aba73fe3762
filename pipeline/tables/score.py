"""How right the tables are, judged by gold facts: precision, recall and F1 by family of facts, and how many attributes are right.

A gold file is JSON and bears the name of the document's file. It lists `clusters`, `agreements`, `dates`, `funding` and `projects`, each
name with every form that a careful reader would accept; `optional` facts neither gain nor cost.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.core.errors import DocumentError
from pipeline.tables import score_facts
from pipeline.tables.frames import Tables
from pipeline.tables.score_facts import Attributes, Gold, Tally
from pipeline.tables.score_view import View

FAMILIES = ("clusters", "agreements", "dates", "funding")


@dataclass(slots=True)
class Score:
    """Tallies by family, right and all attributes by name, gold files without a document, and what was missed or wrong."""

    families: dict[str, Tally] = field(default_factory=lambda: {family: Tally() for family in FAMILIES})
    attributes: Attributes = field(default_factory=Attributes)
    missing: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    documents: int = 0

    @property
    def mean_f1(self) -> float:
        """Mean of the families' F1."""
        return sum(tally.f1 for tally in self.families.values()) / len(self.families)


def read_gold(folder: Path) -> dict[str, Gold]:
    """Gold facts by document name.

    Raises:
        DocumentError: a file is no JSON object.
    """
    return {path.stem: read_gold_file(path) for path in sorted(folder.glob("*.json"))}


def read_gold_file(path: Path) -> Gold:
    """Gold facts of one document."""
    try:
        gold = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DocumentError(f"gold file {path}: {error}") from error
    if not isinstance(gold, dict):
        raise DocumentError(f"gold file {path}: a JSON object with the families {', '.join(FAMILIES)} is expected")
    return gold


def score_tables(tables: Tables, gold: Mapping[str, Gold]) -> Score:
    """Compare the tables with gold facts, micro over all documents."""
    view, score = View(tables), Score(documents=len(gold))
    for name, facts in gold.items():
        if name in view.documents:
            add_document(score, name, facts, view)
        else:
            score.missing.append(name)
            for family in FAMILIES:
                score.families[family] += Tally(missed=len(score_facts.required(facts.get(family, []))))
    return score


def add_document(score: Score, name: str, gold: Gold, view: View) -> None:
    """Add one document's results."""
    judged = score_facts.Judged(view, view.documents[name], gold, score.attributes)
    results = {
        "clusters": score_facts.clusters(judged),
        "agreements": score_facts.agreements(judged),
        "dates": score_facts.dates(judged),
        "funding": score_facts.funding(judged),
    }
    for family, tally in results.items():
        score.families[family] += tally
    score_facts.document_attributes(judged)
    score.notes[name] = judged.notes


def as_json(score: Score) -> dict[str, Any]:
    """The score as one JSON object."""
    return {
        "families": {family: family_json(tally) for family, tally in score.families.items()},
        "attributes": {name: {"right": right, "of": of} for name, (right, of) in sorted(score.attributes.items())},
        "mean_f1": score.mean_f1,
        "missing": score.missing,
    }


def family_json(tally: Tally) -> dict[str, float]:
    """One family's figures."""
    measures = {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1}
    return {**measures, "tp": tally.found, "fp": tally.wrong, "fn": tally.missed}


def as_lines(score: Score, *, verbose: bool = False) -> Iterator[str]:
    """The score as a table for people; verbose tells every missed and wrong fact first."""
    if verbose:
        yield from (line for name, notes in score.notes.items() for line in (f"# {name}", *(f"  {note}" for note in notes)))
    yield f"{'family':<12}{'P':>7}{'R':>7}{'F1':>7}{'found':>7}{'wrong':>7}{'missed':>7}"
    yield from (family_line(family, tally) for family, tally in score.families.items())
    yield from (f"  {name:<28}{right:>4} of {of}" for name, (right, of) in sorted(score.attributes.items()))
    yield from missing_lines(score.missing)
    yield f"mean F1 {score.mean_f1:.3f} over {score.documents} documents"


def family_line(family: str, tally: Tally) -> str:
    """One family's line."""
    return f"{family:<12}{tally.precision:>7.3f}{tally.recall:>7.3f}{tally.f1:>7.3f}{tally.found:>7}{tally.wrong:>7}{tally.missed:>7}"


def missing_lines(missing: Sequence[str]) -> list[str]:
    """A line on gold files whose document is not in the tables."""
    return [f"missing documents: {', '.join(missing)}"] if missing else []
