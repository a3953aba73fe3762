"""Measures the shipped link scorer on the test split, and draws how far its probabilities hold (reliability plot: Murphy & Winkler 1977).

python -m models.training.reliability --corpus corpus/annotated --out models/relations/reliability.svg
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from models.training.annotated import AnnotatedText
from models.training.data import read_split, readable
from models.training.links import IGNORED, gold_pairs, located, named_mentions, unknown_pairs
from pipeline.extraction.neural.relations import FAMILIES, KINDS, ROLES, STATUSES, RelationModel, Scores, load_relation_model, pairs_of

BINS = 10
SIDE = 260
"""Length of the plot's axes in pixels."""

COLOURS = {"agreement": "#1b6ca8", "member": "#c8553d", "funding": "#5b8c5a", "located": "#7d6b91"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of entities of one text: what the model says of it, and the labels if the text states the link."""

    family: str
    scores: Scores
    gold: tuple[str, ...] | None


def judged_pairs(model: RelationModel, text: AnnotatedText) -> Iterator[Judged]:
    """Every pair that the model judges, and every stated link that is out of reach."""
    mentions, gold, unknown = named_mentions(text), gold_pairs(text), unknown_pairs(text)
    pairs = pairs_of(mentions)
    left = dict(gold)
    for pair, scores in zip(pairs, model.score(text.text, mentions, pairs), strict=True):
        key = (pair.family, *(sorted((pair.a, pair.b)) if pair.family == "agreement" else (pair.a, pair.b)))
        left.pop(key, None)
        if pair.family == "located":
            truth = located(text, pair)
            if truth != IGNORED:
                yield Judged(pair.family, scores, () if truth else None)
        elif key in gold or pair.family != "agreement" or frozenset(key[1:]) not in unknown:
            yield Judged(pair.family, scores, gold.get(key))
    yield from (Judged(key[0], Scores(0.0, {}), labels) for key, labels in left.items())


def prf(pairs: Sequence[Judged], threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of the links from a probability on."""
    found = [p for p in pairs if p.scores.probability >= threshold]
    right = sum(p.gold is not None for p in found)
    gold = sum(p.gold is not None for p in pairs)
    return right / max(1, len(found)), right / max(1, gold), 2 * right / max(1, len(found) + gold)


def accuracy(pairs: Sequence[Judged], names: Sequence[str]) -> float:
    """Share of the stated links whose likeliest label is the right one."""
    told = [p for p in pairs if p.gold and set(p.gold) & set(names) and p.scores.labels]
    return sum(p.scores.best(names) in (p.gold or ()) for p in told) / max(1, len(told))


def bins(pairs: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each tenth of probability that occurs: mean probability, share of true links, pairs."""
    probabilities = np.array([p.scores.probability for p in pairs])
    truth = np.array([p.gold is not None for p in pairs])
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    chosen = [places == number for number in sorted(set(places.tolist()))]
    return [(float(probabilities[some].mean()), float(truth[some].mean()), int(some.sum())) for some in chosen]


def calibration_error(pairs: Sequence[Judged]) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of probability and share of true links, weighted by pairs."""
    return sum(abs(p - t) * n for p, t, n in bins(pairs)) / max(1, len(pairs))


def line_of(family: str, pairs: Sequence[Judged], row: int) -> str:
    """The curve and the legend of one family."""
    points = [(40 + SIDE * p, 20 + SIDE * (1 - t), n) for p, t, n in bins(pairs)]
    curve = " ".join(f"{x:.0f},{y:.0f}" for x, y, _ in points)
    dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{min(9.0, 2 + n**0.5 / 4):.1f}"/>' for x, y, n in points)
    name = f"{family}: {len(pairs)} pairs, error {calibration_error(pairs):.3f}"
    colour = COLOURS[family]
    return (
        f'<g fill="{colour}"><polyline points="{curve}" fill="none" stroke="{colour}"/>{dots}'
        f'<text x="{SIDE + 60}" y="{40 + 18 * row}">{name}</text></g>'
    )


def draw(pairs: Sequence[Judged]) -> str:
    """The reliability plot as SVG: probability told (x) against share of true links (y)."""
    lines = "".join(line_of(family, [p for p in pairs if p.family == family], row) for row, family in enumerate(FAMILIES))
    low, high = 20 + SIDE, 40 + SIDE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE + 330}" height="{SIDE + 70}" font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/><path d="M40 20V{low}H{high}M40 {low}L{high} 20" stroke="#999" fill="none"/>'
        f'<text x="40" y="{low + 18}">0</text><text x="{high - 8}" y="{low + 18}">1</text><text x="22" y="26">1</text>'
        f'<text x="90" y="{low + 36}">probability told by the model</text>'
        f'<text transform="translate(16 {low - 50}) rotate(-90)">share of true links</text>{lines}</svg>\n'
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description="Measure the shipped link scorer and draw its reliability.")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--part", default="test")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    config = yaml.safe_load((options.models / "config.yaml").read_text(encoding="utf-8"))
    model = load_relation_model(options.models, config["relations"])
    split = read_split(options.corpus / "split.csv")
    texts = [text for text in readable(options.corpus) if split.get(text.path.stem) == options.part]
    began = time.perf_counter()
    pairs = [pair for text in texts for pair in judged_pairs(model, text)]
    speed = sum(len(text.text.split()) for text in texts) / (time.perf_counter() - began)
    for family in FAMILIES:
        mine = [p for p in pairs if p.family == family]
        scores = ", ".join(f"at {t}: P {p:.3f} R {r:.3f} F1 {f:.3f}" for t in (0.3, 0.5, 0.7) for p, r, f in [prf(mine, t)])
        print(f"{family}: {len(mine)} pairs, {sum(p.gold is not None for p in mine)} stated; {scores}; error {calibration_error(mine):.3f}")
    labels = {name: round(accuracy(pairs, names), 3) for name, names in (("kind", KINDS), ("status", STATUSES), ("role", ROLES))}
    print(f"{len(texts)} texts; {labels}; {speed:.0f} words/s")
    if options.out:
        options.out.write_text(draw(pairs), encoding="utf-8")


if __name__ == "__main__":
    main()
