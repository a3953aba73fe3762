r"""Trains the link scorer: an encoder that sees the kinds of the mentions, and a head over pairs of entities.

    python -m models.training.relations --start build/warm --tokenizer models/encoder/tokenizer.json \
        --corpus corpus/annotated --out models/relations
"""

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import BertModel

from models.training.annotated import AnnotatedText
from models.training.data import read_split, readable
from models.training.export import export_links
from models.training.links import IGNORED, LinkExample, examples_of, gold_pairs, unknown_pairs
from pipeline.extraction.neural.relations import BUCKETS, FAMILIES, KINDS, LABELS, OUTPUTS, ROLES, STATUSES, feed

VERSION = "2.0"
SIZES = {"size": 508, "overlap": 128}
ACCUMULATED = 4
"""Passages of one optimiser step."""

FASTER = 5
"""The head and the embeddings of labels, which begin untrained, learn so many times faster than the encoder."""

LABELLED = 0.5
"""Weight of kinds, statuses and roles in the loss."""

PLACED = 0.3
"""Weight of `located` in the loss: its truth is derived from countries, not annotated."""


class LinkScorer(nn.Module):
    """Encoder with label embeddings, pooling of mentions into entities, a look over the passage for each pair, and a head."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = encoder.config.hidden_size
        self.types = nn.Embedding(1 + 2 * len(LABELS), hidden)
        self.family = nn.Embedding(len(FAMILIES), hidden)
        self.distance = nn.Embedding(len(BUCKETS) + 1, hidden)
        nn.init.zeros_(self.types.weight)
        self.mention, self.ask, self.look = nn.Linear(2 * hidden, hidden), nn.Linear(3 * hidden, hidden), nn.Linear(hidden, hidden)
        self.head = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(7 * hidden, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, len(OUTPUTS))
        )

    def forward(
        self,
        input_ids: torch.Tensor,
        types: torch.Tensor,
        places: torch.Tensor,
        members: torch.Tensor,
        pairs: torch.Tensor,
        nearest: torch.Tensor,
        kinds: torch.Tensor,
    ) -> torch.Tensor:
        """Logits (pairs × outputs) of one passage; the arguments are those that `feed` makes."""
        words = self.encoder.embeddings.word_embeddings(input_ids) + self.types(types)
        text = self.encoder(inputs_embeds=words)[0][0]
        mentions = torch.tanh(self.mention(torch.cat([text[places[:, 0]], text[places[:, 1]]], -1)))
        entities = torch.logsumexp(mentions.unsqueeze(0) + (1 - members).unsqueeze(-1) * -1e4, 1)
        one, other = entities[pairs[:, 0]], entities[pairs[:, 1]]
        family = self.family(kinds[:, 0]) + self.distance(kinds[:, 1])
        wanted = self.ask(torch.cat([one, other, family], -1)) @ self.look(text).T / math.sqrt(text.shape[1])
        context = torch.softmax(wanted, -1) @ text
        near, far = mentions[nearest[:, 0]], mentions[nearest[:, 1]]
        logits: torch.Tensor = self.head(torch.cat([one, other, near, far, near * far, context, family], -1))
        return logits


def new_scorer(start: Path, layers: int) -> LinkScorer:
    """A scorer on the encoder of a mention model, whose word embeddings stay frozen.

    Args:
        start: Hugging Face folder of the mention model.
        layers: layers kept.
    """
    encoder = BertModel.from_pretrained(start, add_pooling_layer=False, num_hidden_layers=layers, attn_implementation="sdpa")
    encoder.get_input_embeddings().weight.requires_grad = False
    return LinkScorer(encoder)


def tensors(example: LinkExample) -> dict[str, torch.Tensor]:
    """The arrays of one passage as tensors."""
    return {name: torch.from_numpy(array) for name, array in feed(example.passage, example.pairs).items()}


def loss_of(model: LinkScorer, example: LinkExample) -> torch.Tensor:
    """Summed binary cross-entropy of links, plus the cross-entropies of kind, status and role where there is a link.

    Divided by the root of the number of pairs, so that a list of fifty names does not outweigh ten other texts.
    """
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(**tensors(example))
    logits, truth = logits.float(), torch.from_numpy(example.truth)
    weights = torch.tensor([PLACED if name == "located" else float(name in FAMILIES or name == "a_signatory") for name in OUTPUTS])
    known = (truth != IGNORED) * weights
    loss = (functional.binary_cross_entropy_with_logits(logits, truth.clamp(min=0), reduction="none") * known).sum()
    for names in (KINDS, STATUSES, ROLES):
        columns = [OUTPUTS.index(name) for name in names]
        told = truth[:, columns].max(dim=1).values > 0
        if told.any():
            loss = loss + LABELLED * functional.cross_entropy(logits[told][:, columns], truth[told][:, columns].argmax(1), reduction="sum")
    return loss / math.sqrt(len(truth))


def optimiser(model: LinkScorer, rate: float, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """AdamW, a tenth of warm-up, then linear decay to zero."""
    own = [weight for name, weight in model.named_parameters() if not name.startswith("encoder.")]
    groups = [
        {"params": [w for w in model.encoder.parameters() if w.requires_grad], "lr": rate},
        {"params": own, "lr": rate * FASTER},
    ]
    chosen, warm = torch.optim.AdamW(groups, weight_decay=0.01), max(1, steps // 10)
    return chosen, torch.optim.lr_scheduler.LambdaLR(chosen, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm + 1))))


def train(model: LinkScorer, epoch: Callable[[], list[LinkExample]], epochs: int, rate: float, report: Callable[[], str]) -> None:
    """Train over single passages, a few per step; `report` says after each epoch how it goes."""
    chosen, schedule = optimiser(model, rate, math.ceil(len(epoch()) / ACCUMULATED) * epochs)
    for number in range(1, epochs + 1):
        began, losses = time.monotonic(), 0.0
        model.train()
        examples = epoch()
        for at in range(0, len(examples), ACCUMULATED):
            for example in examples[at : at + ACCUMULATED]:
                loss = loss_of(model, example)
                loss.backward()
                losses += loss.item()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            chosen.step()
            chosen.zero_grad()
            schedule.step()
        print(f"epoch {number}/{epochs}: loss {losses / len(examples):.4f}, {time.monotonic() - began:.0f} s; {report()}", flush=True)


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of entities of one text: its best row of logits, and the labels if the text states the link."""

    text: str
    family: str
    pair: tuple[str, str]
    logits: Any
    gold: tuple[str, ...] | None

    @property
    def logit(self) -> float:
        """The logit of the link."""
        return float(self.logits[OUTPUTS.index(self.family)])


def judge(model: LinkScorer, texts: Sequence[AnnotatedText], tokenizer: Tokenizer) -> list[Judged]:
    """Every pair of entities, and every linked pair that is out of reach (logit −30), over some texts."""
    model.eval()
    return [judged for text in texts for judged in judge_text(model, text, tokenizer)]


def judge_text(model: LinkScorer, text: AnnotatedText, tokenizer: Tokenizer) -> Iterator[Judged]:
    """`judge` for one text."""
    gold, unknown = gold_pairs(text), unknown_pairs(text)
    best: dict[tuple[str, str, str], Any] = {key: np.full(len(OUTPUTS), -30.0, np.float32) for key in gold}
    for example in examples_of(text, tokenizer, SIZES):
        with torch.inference_mode():
            rows = model(**tensors(example)).numpy()
        for pair, truth, row in zip(example.pairs, example.truth, rows, strict=True):
            family, place = pair.family, OUTPUTS.index(pair.family)
            key = (family, *(sorted((pair.a, pair.b)) if family == "agreement" else (pair.a, pair.b)))
            if family == "located" and truth[place] == 1:
                gold[key] = ()
            if key not in best or row[place] > best[key][place]:
                best[key] = row
    for key, row in best.items():
        if key in gold or not (key[0] == "agreement" and frozenset(key[1:]) in unknown):
            yield Judged(text.path.stem, key[0], key[1:], row, gold.get(key))


def best_f1(judged: Sequence[Judged]) -> tuple[float, float]:
    """The best F1 over thresholds, and the logit at which it is reached."""
    gold = sum(j.gold is not None for j in judged)
    right, best = 0, (0.0, 0.0)
    for found, j in enumerate(sorted(judged, key=lambda j: -j.logit), start=1):
        right += j.gold is not None
        best = max(best, (2 * right / (found + gold), j.logit))
    return best


def f1_at(judged: Sequence[Judged], logit: float) -> float:
    """F1 when every pair from this logit on is taken."""
    found = [j for j in judged if j.logit >= logit]
    gold = sum(j.gold is not None for j in judged)
    return 2 * sum(j.gold is not None for j in found) / (len(found) + gold) if found or gold else 0.0


def label_accuracy(judged: Sequence[Judged], names: Sequence[str]) -> float:
    """Share of stated links, with a candidate, whose likeliest label is right."""
    told = [j for j in judged if j.gold and set(j.gold) & set(names) and j.logit > -29]
    columns = [OUTPUTS.index(name) for name in names]
    return sum(names[int(np.argmax(j.logits[columns]))] in (j.gold or ()) for j in told) / max(1, len(told))


def summary(judged: Sequence[Judged]) -> dict[str, float]:
    """Best F1 per family, and accuracy of kinds, statuses and roles."""
    scores = {family: best_f1([j for j in judged if j.family == family])[0] for family in FAMILIES}
    scores |= {name: label_accuracy(judged, names) for name, names in (("kind", KINDS), ("status", STATUSES), ("role", ROLES))}
    return {name: round(value, 3) for name, value in scores.items()}


def calibrate(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Platt's scale and shift for each family, on pairs that the model did not see in training."""
    from sklearn.linear_model import LogisticRegression

    found = {}
    for family in FAMILIES:
        some = [j for j in judged if j.family == family and j.logit > -29]
        truth = [j.gold is not None for j in some]
        if len(set(truth)) < 2:
            found[family] = {"scale": 1.0, "shift": 0.0}
            continue
        fit = LogisticRegression(C=10).fit([[j.logit] for j in some], truth)
        found[family] = {"scale": round(float(fit.coef_[0][0]), 4), "shift": round(float(fit.intercept_[0]), 4)}
    return found


def corpus_parts(corpus: Path, split: Path) -> dict[str, list[AnnotatedText]]:
    """The annotated texts by part of the split; texts that the split does not know are left out."""
    parts: dict[str, list[AnnotatedText]] = {"train": [], "dev": [], "test": []}
    known = read_split(split)
    for text in readable(corpus):
        if text.path.stem in known:
            parts[known[text.path.stem]].append(text)
    return parts


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the link scorer and export it as ONNX with 8-bit weights.")
    parser.add_argument("--start", type=Path, required=True, help="folder of the trained mention model")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--split", type=Path)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--weights", type=Path, help="file that keeps the 32-bit weights")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, calibrate on dev, measure on test, save torch weights beside `--out` and the ONNX model in it."""
    options = options_of(arguments)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    model = new_scorer(options.start, options.layers)
    parts = corpus_parts(options.corpus, options.split or options.corpus / "split.csv")

    def epoch() -> list[LinkExample]:
        made = [e for text in parts["train"] for e in examples_of(text, tokenizer, SIZES, chance)]
        chance.shuffle(made)
        return made

    train(model, epoch, options.epochs, options.rate, lambda: f"dev {summary(judge(model, parts['dev'], tokenizer))}")
    options.out.mkdir(parents=True, exist_ok=True)
    if options.weights:
        torch.save(model.state_dict(), options.weights)
    dev, test = (judge(model, parts[part], tokenizer) for part in ("dev", "test"))
    thresholds = {family: best_f1([j for j in dev if j.family == family])[1] for family in FAMILIES}
    at_dev = {family: round(f1_at([j for j in test if j.family == family], thresholds[family]), 3) for family in FAMILIES}
    about = {"version": VERSION, "layers": options.layers, "calibration": calibrate(dev), "thresholds": thresholds}
    (options.out / "config.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    model.encoder.set_attn_implementation("eager")
    export_links(model, tensors(examples_of(parts["dev"][0], tokenizer, SIZES)[0]), options.out / "model.onnx")
    print(f"dev {summary(dev)}\ntest {summary(test)}\ntest at the thresholds of dev {at_dev}\n{about}")


if __name__ == "__main__":
    main()
