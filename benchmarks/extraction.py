"""What each part of extraction is worth: `python benchmarks/extraction.py [--shared DIR] [--ablations]`.

Four rows – rules alone, spaCy's entities beside the rules, models alone, all together – by family of facts, on the test split of the
annotated corpus and, where DIR is given, on its `dev` and its own press texts with gold. Mean F1 with a 95 % interval by bootstrap over
documents; false agreements on the hard negatives of the test split. The texts of the held-out author are told apart as well.

With `--ablations` in their place: everything together without one part – a list, a kind of pattern, a model, a right of the link
scorer – on the dev split of the corpus.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.training.annotated import read_corpus, to_gold
from pipeline.core.facts import Document, DocumentFacts, Label, Mention
from pipeline.core.ids import stable_id
from pipeline.core.lexicon import MODELS
from pipeline.documents import load_documents, load_sources
from pipeline.extraction.engine import Extractor, load_extractor, read_document
from pipeline.extraction.general import find_entities
from pipeline.resolution import resolve
from pipeline.tables.build import build_tables
from pipeline.tables.score import FAMILIES, read_gold, score_tables
from pipeline.tables.score_facts import Tally

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "annotated"
NEVER, RESAMPLES, SEED = 2.0, 1000, 7
HELD_OUT = "saule"
ABLATED = (
    "gazetteer", "patterns/heads.yaml", "patterns/appositions.yaml", "patterns/names.yaml", "patterns/anaphora.yaml",
    "patterns/bystanders.yaml", "patterns/refusals.yaml", "patterns/status.yaml", "patterns/funding_refusals.yaml", "words/roles.txt",
    "words/institution_heads.txt", "words/not_names.txt",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Documents with their gold, and the names of those that hold no agreement although they invite one."""

    name: str
    documents: Sequence[Document]
    gold: Mapping[str, Any]
    negatives: frozenset[str] = frozenset()


def part_of_corpus(part: str, author: str | None = None) -> Sample:
    """The texts of one part of the annotated corpus, of one author or of all; nothing was trained on the part `test`."""
    parts = {row["text"]: row["part"] for row in csv.DictReader((CORPUS / "split.csv").open(encoding="utf-8"))}
    texts = [t for t in read_corpus(CORPUS) if parts.get(t.path.stem) == part and author in (None, t.head["author"])]
    documents = [Document(stable_id("doc", t.path.name), t.path.name, t.text, "") for t in texts]
    negatives = frozenset(t.path.stem for t in texts if t.head.get("negative"))
    return Sample(author or f"corpus {part}", documents, {t.path.stem: to_gold(t) for t in texts}, negatives)


def folder_sample(name: str, press: Path, gold: Path) -> Sample:
    """A folder of press texts with gold."""
    documents = [d for d in load_documents(load_sources(press)) if isinstance(d, Document)]
    return Sample(name, documents, read_gold(gold))


def with_spacy(extractor: Extractor, documents: Sequence[Document]) -> Iterator[DocumentFacts]:
    """Rules with the organisations that spaCy's entity recogniser finds beside the gazetteers."""
    for document, found in zip(documents, find_entities([d.text for d in documents]), strict=True):
        people = [entity.span for entity in found if entity.label == "PER"]
        ruled = [m for m in read_document(document, extractor.lexicon, people=people).mentions if m.label is not Label.PLACE]
        named = [Mention(e.span, Label.ORG, e.span.quote(document.text), "", "spacy", 0.5) for e in found if e.label == "ORG"]
        added = [m for m in named if not any(m.span.overlaps(other.span) for other in ruled)]
        yield read_document(document, extractor.lexicon, people=people, predicted=[*ruled, *added])


def without_rules(extractor: Extractor, folder: Path) -> Extractor:
    """The models alone: no gazetteer, and every fact of the rules vetoed."""
    return limited(without(extractor, "gazetteer", folder), veto=NEVER)


def limited(extractor: Extractor, **limits: float) -> Extractor:
    """The extractor with other thresholds of the link scorer, the same for each family."""
    judge = extractor.judge
    changed = replace(judge, limits={f: replace(limit, **limits) for f, limit in judge.limits.items()}) if judge else None
    return replace(extractor, judge=changed)


def without(extractor: Extractor, part: str, folder: Path) -> Extractor:
    """The extractor with one file (or folder of files) of `models/` left empty.

    Args:
        extractor: everything together.
        part: path below `models/`.
        folder: where the other models folder is made, out of links.
    """
    root = folder / part.replace("/", "-")
    for path in [*(MODELS / "gazetteer").iterdir(), *(MODELS / "patterns").iterdir(), *(MODELS / "words").iterdir()]:
        name = path.relative_to(MODELS)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if part not in (name.as_posix(), name.parent.as_posix()):
            (root / name).symlink_to(path)
        elif path.suffix != ".csv":
            (root / name).write_text("[]" if path.suffix == ".yaml" else "", encoding="utf-8")
    return replace(extractor, lexicon=replace(extractor.lexicon, folder=root))


def ablated(extractor: Extractor, folder: Path) -> Iterator[tuple[str, Extractor]]:
    """Everything together, and without each part in turn."""
    yield "all together", extractor
    yield "no mention model", replace(extractor, mention_model=None)
    yield "no link scorer", replace(extractor, judge=None)
    yield "scorer adds nothing", limited(extractor, accept=NEVER)
    yield "scorer vetoes nothing", limited(extractor, veto=0.0)
    yield "scorer relabels none", limited(extractor, label=NEVER)
    for part in ABLATED:
        yield f"no {part}", without(extractor, part, folder)


def tallies(sample: Sample, facts: Sequence[DocumentFacts]) -> dict[str, dict[str, Tally]]:
    """By document the tallies of each family."""
    tables = build_tables(sample.documents, (), facts, resolve(facts))
    return {name: score_tables(tables, {name: gold}).families for name, gold in sample.gold.items()}


def mean_f1(told: Sequence[Mapping[str, Tally]]) -> float:
    """Mean over the families of F1 over all facts of some documents."""
    return sum(sum((one[family] for one in told), Tally()).f1 for family in FAMILIES) / len(FAMILIES)


def interval(told: Sequence[Mapping[str, Tally]]) -> tuple[float, float]:
    """95 % of the mean F1 of documents drawn again and again with replacement (Efron 1979)."""
    draw = random.Random(SEED)
    means = sorted(mean_f1(draw.choices(told, k=len(told))) for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def line(label: str, sample: Sample, facts: Sequence[DocumentFacts]) -> str:
    """One row of the table."""
    told = list(tallies(sample, facts).values())
    low, high = interval(told)
    scores = "".join(f"{sum((one[family] for one in told), Tally()).f1:>12.3f}" for family in FAMILIES)
    names = {d.document_id: Path(d.source_uri).stem for d in sample.documents}
    false = sum(bool(f.agreements) for f in facts if names[f.document_id] in sample.negatives)
    wrong = f"{false} of {len(sample.negatives)}" if sample.negatives else "–"
    return f"{sample.name:<13}{label:<31}{scores}{mean_f1(told):>9.3f}  {low:.3f}–{high:.3f}  {wrong:>9}"


def header() -> str:
    """The first line of the table."""
    families = "".join(f"{family:>12}" for family in FAMILIES)
    return f"{'sample':<13}{'':<31}{families}{'mean':>9}  {'95 %':<13}false on negatives"


def report(samples: Sequence[Sample], folder: Path) -> Iterator[str]:
    """Four ways of extraction on each sample, line by line."""
    together = load_extractor()
    rules, alone = Extractor(together.lexicon), without_rules(together, folder)
    yield header()
    for sample in samples:
        yield line("rules alone", sample, list(rules.extract(sample.documents)))
        yield line("spaCy's NER + rules", sample, list(with_spacy(together, sample.documents)))
        yield line("models alone", sample, list(alone.extract(sample.documents)))
        yield line("all together", sample, list(together.extract(sample.documents)))


def report_ablations(sample: Sample, folder: Path) -> Iterator[str]:
    """What is lost without each part, line by line."""
    yield header()
    for label, extractor in ablated(load_extractor(), folder):
        yield line(label, sample, list(extractor.extract(sample.documents)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, help="folder with press/, gold/, dev/press/ and dev/gold/")
    parser.add_argument("--ablations", action="store_true", help="everything without one part, on the dev split")
    options = parser.parse_args()
    samples = [part_of_corpus("test"), part_of_corpus("test", HELD_OUT)]
    if shared := options.shared:
        samples.append(folder_sample("dev", shared / "dev/press", shared / "dev/gold"))
        samples.append(folder_sample("press", shared / "press", shared / "gold"))
    with tempfile.TemporaryDirectory() as folder:
        rows = report_ablations(part_of_corpus("dev"), Path(folder)) if options.ablations else report(samples, Path(folder))
        for row in rows:
            print(row, flush=True)


if __name__ == "__main__":
    main()
