"""Splits the annotated corpus into train, dev and test, fixed in `split.csv`: texts already there keep their part, new ones are
added, those whose file went are dropped.

Each text (or group of near-duplicates, which stay together) goes to the part that its author, its kind of text and the whole most lack. An
author can be held out: all its texts are test, and test grows by nothing else, so that a style is measured that no model has seen.

    python -m models.training.split corpus/annotated [--held-out AUTHOR]
"""

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from models.training.annotated import AnnotatedText
from models.training.data import read_split, readable

SHARES = {"train": 0.70, "dev": 0.12, "test": 0.18}
GRAM = 5
"""Words of the n-grams that near-duplicates share."""

ALIKE = 0.1
"""Share of common n-grams (of the shorter text) from which two texts count as near-duplicates."""

Strata = tuple[str, str, str]
"""Author, kind and hard negative or not: what the parts must resemble each other in."""


def grams(text: str) -> set[tuple[str, ...]]:
    """The n-grams of a text's words."""
    words = text.lower().split()
    return {tuple(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)}


def groups(texts: Sequence[AnnotatedText]) -> list[list[AnnotatedText]]:
    """Texts grouped so that near-duplicates stand together."""
    made: list[tuple[list[AnnotatedText], set[tuple[str, ...]]]] = []
    for text in texts:
        mine = grams(text.text)
        for members, theirs in made:
            if len(mine & theirs) > ALIKE * max(1, min(len(mine), len(theirs))):
                members.append(text)
                theirs |= mine
                break
        else:
            made.append(([text], mine))
    return [members for members, _ in made]


def strata(text: AnnotatedText) -> Strata:
    """What a text is counted under."""
    return (f"author {text.head['author']}", f"kind {text.head['kind']}", f"negative {text.head.get('negative', 'no')}")


def choose(text: AnnotatedText, counts: Counter[tuple[str, str]], held_out: str | None = None) -> str:
    """The part that most lacks such texts: by author, kind, hard negative and in all; with an author held out, test is that author's."""
    if held_out is not None and text.head["author"] == held_out:
        return "test"

    def lack(part: str) -> float:
        missing = 0.0
        for stratum in (*strata(text), "all"):
            total = sum(counts[(stratum, other)] for other in SHARES) + 1
            missing += SHARES[part] * total - counts[(stratum, part)]
        return missing

    return max((part for part in SHARES if held_out is None or part != "test"), key=lack)


def extend(split: dict[str, str], texts: Iterable[AnnotatedText], seed: int, held_out: str | None = None) -> dict[str, str]:
    """The split with all texts in it; what was there stays as it was."""
    result, counts = dict(split), Counter[tuple[str, str]]()
    together = groups(sorted(texts, key=lambda text: text.path.stem))
    random.Random(seed).shuffle(together)
    for known in (True, False):
        for members in together:
            placed = [split[m.path.stem] for m in members if m.path.stem in split]
            if bool(placed) is known:
                part = placed[0] if placed else choose(members[0], counts, held_out)
                result.update({m.path.stem: split.get(m.path.stem, part) for m in members})
                counts.update((stratum, part) for m in members for stratum in (*strata(m), "all"))
    return result


def main(arguments: Sequence[str]) -> None:
    """Extend `split.csv` of the corpus folder named."""
    parser = argparse.ArgumentParser(description="Extend the split of the annotated corpus.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--held-out", help="author whose texts are all test")
    options = parser.parse_args(arguments)
    corpus = options.corpus
    target = corpus / "split.csv"
    there = {path.stem for path in corpus.rglob("*.txt")}
    before = {name: part for name, part in (read_split(target) if target.exists() else {}).items() if name in there}
    split = extend(before, readable(corpus), seed=1, held_out=options.held_out)
    with target.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(["text", "part"])
        writer.writerows(sorted(split.items()))
    print(len(split), "texts:", dict(Counter(split.values())))


if __name__ == "__main__":
    main(sys.argv[1:])
