r"""Trains the link scorer: the encoder (started from the mention model) with levitated markers and a head over pairs.

    python -m models.training.relations --start build/mentions --tokenizer models/encoder/tokenizer.json \
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
from pipeline.extraction.neural.relations import FAMILIES, KINDS, OUTPUTS, ROLES, STATUSES, feed

VERSION = "1.0"
SIZES = {"size": 508, "overlap": 128, "most": 128}
ACCUMULATED = 4
"""Passages of one optimiser step."""

NEGATIVES = 40
"""False candidates of a text that an epoch learns from."""


class LinkScorer(nn.Module):
    """Encoder, markers, and a head over what the two markers and the two first pieces of a candidate have become."""

    def __init__(self, encoder: BertModel, markers: int) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = encoder.config.hidden_size
        self.vocabulary = encoder.config.vocab_size - markers
        self.head = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(4 * hidden, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, len(OUTPUTS))
        )

    def forward(
        self, input_ids: torch.Tensor, position_ids: torch.Tensor, sees: torch.Tensor, firsts: torch.Tensor, marks: torch.Tensor
    ) -> torch.Tensor:
        """Logits (candidates × outputs) of one passage; the arguments are those that `feed` makes."""
        unseen = ((1.0 - sees) * -1e4).unsqueeze(1)
        types = torch.zeros_like(input_ids)
        hidden = self.encoder(input_ids=input_ids, position_ids=position_ids, token_type_ids=types, attention_mask=unseen)[0][0]
        pairs = torch.cat([hidden[marks[:, 0]], hidden[marks[:, 1]], hidden[firsts[:, 0]], hidden[firsts[:, 1]]], dim=-1)
        logits: torch.Tensor = self.head(pairs)
        return logits


def marker_ids(vocabulary: int) -> dict[str, list[int]]:
    """Two new ids for each family, behind the vocabulary."""
    return {family: [vocabulary + 2 * place, vocabulary + 2 * place + 1] for place, family in enumerate(FAMILIES)}


def new_scorer(start: Path, layers: int, mask: int) -> LinkScorer:
    """A scorer on the encoder of a mention model, whose word embeddings stay frozen; markers begin as the piece `<mask>`.

    Args:
        start: Hugging Face folder of the mention model.
        layers: layers kept.
        mask: id of `<mask>`.
    """
    encoder = BertModel.from_pretrained(start, add_pooling_layer=False, num_hidden_layers=layers, attn_implementation="sdpa")
    count = 2 * len(FAMILIES)
    words = encoder.get_input_embeddings().weight.data
    grown = nn.Embedding(len(words) + count, words.shape[1], padding_idx=1)
    noise = torch.randn(count, words.shape[1]) * 0.02
    grown.weight.data = torch.cat([words, words[mask].expand(count, -1) + noise])
    grown.weight.register_hook(lambda gradient: torch.cat([torch.zeros_like(gradient[:-count]), gradient[-count:]]))
    encoder.set_input_embeddings(grown)
    encoder.config.vocab_size = len(words) + count
    return LinkScorer(encoder, count)


def tensors(example: LinkExample, markers: dict[str, list[int]]) -> dict[str, torch.Tensor]:
    """The arrays of one passage as tensors."""
    return {name: torch.from_numpy(a) for name, a in feed(example.passage, markers, [t.candidate.kind for t in example.targets]).items()}


def loss_of(model: LinkScorer, example: LinkExample, markers: dict[str, list[int]]) -> torch.Tensor:
    """Summed binary cross-entropy of links, plus the cross-entropies of kind, status and role where there is a link."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(**tensors(example, markers))
    logits, truth = logits.float(), torch.from_numpy(np.stack([t.truth for t in example.targets]))
    binary = torch.tensor([name in FAMILIES or name == "a_signatory" for name in OUTPUTS])
    known = (truth != IGNORED) & binary
    loss = functional.binary_cross_entropy_with_logits(logits[known], truth[known], reduction="sum")
    for names in (KINDS, STATUSES, ROLES):
        columns = [OUTPUTS.index(name) for name in names]
        told = truth[:, columns].max(dim=1).values > 0
        if told.any():
            loss = loss + 0.5 * functional.cross_entropy(logits[told][:, columns], truth[told][:, columns].argmax(1), reduction="sum")
    return loss


def train(
    model: LinkScorer,
    epoch: Callable[[], list[LinkExample]],
    epochs: int,
    rate: float,
    markers: dict[str, list[int]],
    report: Callable[[], str],
) -> None:
    """AdamW over single passages, a few per step; a tenth of warm-up, then linear decay."""
    steps = math.ceil(len(epoch()) / ACCUMULATED) * epochs
    groups = [{"params": model.encoder.parameters(), "lr": rate, "weight_decay": 0.0}, {"params": model.head.parameters(), "lr": rate * 5}]
    chosen = torch.optim.AdamW(groups, weight_decay=0.01)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(chosen, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm + 1))))
    for number in range(1, epochs + 1):
        began, losses = time.monotonic(), 0.0
        model.train()
        examples = epoch()
        for at in range(0, len(examples), ACCUMULATED):
            some = examples[at : at + ACCUMULATED]
            weight = 1 / max(1, sum(len(e.targets) for e in some))
            for example in some:
                loss = loss_of(model, example, markers) * weight
                loss.backward()
                losses += loss.item()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            chosen.step()
            chosen.zero_grad()
            schedule.step()
        print(
            f"epoch {number}/{epochs}: loss {losses * ACCUMULATED / len(examples):.4f}, {time.monotonic() - began:.0f} s; {report()}",
            flush=True,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of entities of one text: the best logit of its candidates with that candidate's row, and whether the text states the link."""

    text: str
    family: str
    pair: tuple[str, str]
    logits: Any
    gold: tuple[str, ...] | None

    @property
    def logit(self) -> float:
        """The logit of the link."""
        return float(self.logits[OUTPUTS.index(self.family)])


def judge(model: LinkScorer, texts: Sequence[AnnotatedText], tokenizer: Tokenizer, markers: dict[str, list[int]]) -> list[Judged]:
    """Every pair of entities with a candidate, and every linked pair without one (logit −30), over some texts."""
    model.eval()
    return [judged for text in texts for judged in judge_text(model, text, tokenizer, markers)]


def judge_text(model: LinkScorer, text: AnnotatedText, tokenizer: Tokenizer, markers: dict[str, list[int]]) -> Iterator[Judged]:
    """`judge` for one text."""
    gold, unknown = gold_pairs(text), unknown_pairs(text)
    best: dict[tuple[str, str, str], Any] = {key: np.full(len(OUTPUTS), -30.0, np.float32) for key in gold}
    for example in examples_of(text, tokenizer, SIZES):
        with torch.inference_mode():
            rows = model(**tensors(example, markers)).numpy()
        for target, row in zip(example.targets, rows, strict=True):
            family = target.candidate.kind
            key = (family, *(sorted((target.a, target.b)) if family == "agreement" else (target.a, target.b)))
            place = OUTPUTS.index(family)
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
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, calibrate on dev, measure on test, save torch weights beside `--out` and the ONNX model in it."""
    options = options_of(arguments)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    model = new_scorer(options.start, options.layers, tokenizer.token_to_id("<mask>"))
    markers = marker_ids(model.vocabulary)
    parts = corpus_parts(options.corpus, options.split or options.corpus / "split.csv")

    def epoch() -> list[LinkExample]:
        made = [e for text in parts["train"] for e in examples_of(text, tokenizer, SIZES, chance, NEGATIVES)]
        made = [e for e in made if chance.random() < 0.5 or any(t.truth.max() > 0 for t in e.targets)]
        chance.shuffle(made)
        return made

    train(model, epoch, options.epochs, options.rate, markers, lambda: f"dev {summary(judge(model, parts['dev'], tokenizer, markers))}")
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.out.with_suffix(".pt"))
    dev, test = (judge(model, parts[part], tokenizer, markers) for part in ("dev", "test"))
    thresholds = {family: best_f1([j for j in dev if j.family == family])[1] for family in FAMILIES}
    at_dev = {family: round(f1_at([j for j in test if j.family == family], thresholds[family]), 3) for family in FAMILIES}
    about = {"version": VERSION, "markers": markers, "layers": options.layers, "calibration": calibrate(dev), "thresholds": thresholds}
    (options.out / "config.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    model.encoder.set_attn_implementation("eager")
    export_links(model, tensors(examples_of(parts["dev"][0], tokenizer, SIZES)[0], markers), options.out / "model.onnx")
    print(f"dev {summary(dev)}\ntest {summary(test)}\ntest at the thresholds of dev {at_dev}\n{about}")


if __name__ == "__main__":
    main()
