"""Trains the mention model: a warm-up on WiNER-fr, then the annotated corpus with WiNER-fr mixed in.

WiNER-fr does not tell kinds of organisation. The loss of a piece is therefore −log of the summed probability of all tags that are right
(marginal likelihood over partial labels: Jin & Ghahramani 2002): for an organisation of WiNER-fr any kind is right, and nothing teaches the
model a wrong one.

    python -m models.training.mentions --encoder build/encoder --corpus corpus/annotated --winer winer_fr.jsonl --out build/mentions
"""

import argparse
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertForTokenClassification

from models.training.data import (
    ORGANISATIONS,
    TAGS,
    Example,
    LabelledSpan,
    Row,
    batches,
    from_annotated,
    names_by_label,
    read_split,
    read_winer,
    readable,
    shout,
    swap_names,
    training_rows,
)
from pipeline.extraction.neural.mentions import MentionModel, Reading, WindowedMentionModel
from pipeline.extraction.neural.session import Floats
from pipeline.extraction.neural.tokens import Integers, pad

BATCH = 2048
"""Pieces of a batch, padding counted."""

Epoch = Callable[[random.Random], list[Row]]
"""Makes the rows of one epoch."""


def new_model(encoder: Path) -> BertForTokenClassification:
    """The encoder with a fresh head over `TAGS`; its word embeddings stay frozen, so that names unseen in training keep their place."""
    model = BertForTokenClassification.from_pretrained(encoder, num_labels=len(TAGS))
    model.bert.embeddings.word_embeddings.weight.requires_grad = False
    return model


def loss_of(model: BertForTokenClassification, batch: Sequence[Row]) -> torch.Tensor:
    """Mean over pieces of −log of the probability of the right tags."""
    ids, mask = pad([row.ids for row in batch])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).logits
    logits = torch.cat([rows[1 : len(row.ids) + 1] for rows, row in zip(logits.float(), batch, strict=True)])
    right = torch.from_numpy(np.concatenate([row.right for row in batch]))
    wrong = torch.zeros_like(logits).masked_fill(~right, -1e4)
    return (torch.logsumexp(logits, 1) - torch.logsumexp(logits + wrong, 1)).mean()


def optimiser(model: torch.nn.Module, rate: float, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """AdamW with a ten times faster head, a tenth of warm-up and linear decay to zero."""
    trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    groups = [
        {"params": [w for n, w in trained if not n.startswith("classifier")], "lr": rate},
        {"params": [w for n, w in trained if n.startswith("classifier")], "lr": rate * 10},
    ]
    chosen = torch.optim.AdamW(groups, weight_decay=0.01)
    warm = max(1, steps // 10)
    return chosen, torch.optim.lr_scheduler.LambdaLR(
        chosen, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1)))
    )


def train(
    model: BertForTokenClassification, epoch: Epoch, epochs: int, rate: float, chance: random.Random, report: Callable[[], str]
) -> None:
    """Train for some epochs, whose rows `epoch` makes anew each time; `report` says after each how it goes."""
    steps = len(batches(epoch(random.Random(0)), BATCH, random.Random(0))) * epochs
    chosen, schedule = optimiser(model, rate, steps)
    for number in range(1, epochs + 1):
        began, losses = time.monotonic(), []
        model.train()
        for batch in batches(epoch(chance), BATCH, chance):
            loss = loss_of(model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            chosen.step()
            chosen.zero_grad()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {number}/{epochs}: {len(losses)} steps, loss {math.fsum(losses) / len(losses):.4f}, "
              f"{time.monotonic() - began:.0f} s; {report()}", flush=True)  # fmt: skip


def torch_mentions(model: BertForTokenClassification, tokenizer: Tokenizer) -> MentionModel:
    """The model in training behind the interface of the shipped one."""

    def forward(ids: Integers, mask: Integers) -> Floats:
        with torch.inference_mode():
            return np.asarray(model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).logits.numpy(), np.float32)

    model.eval()
    return WindowedMentionModel(forward, tokenizer, TAGS, name_version="mentions@training", reading=Reading())


def f1(right: int, found: int, gold: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * right / (found + gold) if found + gold else 0.0


def any_organisation(spans: Iterable[LabelledSpan]) -> set[tuple[int, int]]:
    """Bounds of the organisations, whatever their kind."""
    return {(start, end) for start, end, labels in spans if labels[0] in ORGANISATIONS}


def score(model: MentionModel, examples: Sequence[Example]) -> dict[str, float]:
    """Strict F1 (bounds and label) per label, over all (`micro`), and of organisations whatever their kind (`organisation`)."""
    right, found, gold = Counter[str](), Counter[str](), Counter[str]()
    for example, mentions in zip(examples, model.predict([e.text for e in examples]), strict=True):
        told: list[LabelledSpan] = [(m.span.start, m.span.end, (m.label.value,)) for m in mentions]
        known = [span for span in example.spans if len(span[2]) == 1]
        for label in {labels[0] for _, _, labels in [*told, *known]}:
            mine, truth = ({s[:2] for s in spans if s[2] == (label,)} for spans in (told, known))
            add(label, mine, truth, right, found, gold)
            add("micro", mine, truth, right, found, gold)
        add("organisation", any_organisation(told), any_organisation(example.spans), right, found, gold)
    return {name: round(f1(right[name], found[name], gold[name]), 3) for name in sorted(found.keys() | gold.keys())}


def add(
    name: str, mine: set[tuple[int, int]], truth: set[tuple[int, int]], right: Counter[str], found: Counter[str], gold: Counter[str]
) -> None:
    """Count one text's spans under one name."""
    right[name] += len(mine & truth)
    found[name] += len(mine)
    gold[name] += len(truth)


def corpus_parts(corpus: Path, split: Path) -> dict[str, list[Example]]:
    """The annotated texts by part of the split; texts that the split does not know are left out."""
    parts: dict[str, list[Example]] = {"train": [], "dev": [], "test": []}
    known = read_split(split)
    for annotated in readable(corpus):
        if annotated.path.stem in known:
            parts[known[annotated.path.stem]].append(from_annotated(annotated))
    return parts


def corpus_epoch(examples: Sequence[Example], mixed: Sequence[Example], tokenizer: Tokenizer, swap: float, window: int) -> Epoch:
    """Epochs over the corpus with swapped names and shouted lines, and a fresh sample of WiNER-fr of a third of its texts' number."""
    names = names_by_label(examples)

    def epoch(chance: random.Random) -> list[Row]:
        changed = [shout(swap_names(e, names, swap if chance.random() < 0.5 else 0.0, chance), 0.03, chance) for e in examples]
        sample = chance.sample(list(mixed), min(len(mixed), len(examples) // 3))
        return [row for e in [*changed, *sample] for row in training_rows(e, tokenizer, window, chance)]

    return epoch


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the mention model.")
    parser.add_argument("--encoder", type=Path, required=True, help="folder made by models.training.encoder")
    parser.add_argument("--start", type=Path, help="folder of a mention model to start from instead (skips the warm-up)")
    parser.add_argument("--corpus", type=Path, help="corpus/annotated; without it only the warm-up runs")
    parser.add_argument("--split", type=Path, help="split.csv of the corpus")
    parser.add_argument("--winer", type=Path, help="winer_fr.jsonl; without it the warm-up is skipped")
    parser.add_argument("--warm-epochs", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--window", type=int, default=320, help="pieces of a training window")
    parser.add_argument("--swap", type=float, default=0.4, help="share of names swapped in every second reading of a text")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and save the model as a Hugging Face folder, which `models.training.export` turns into ONNX."""
    options = options_of(arguments)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    tokenizer = Tokenizer.from_file(str(options.encoder / "tokenizer.json"))
    model = BertForTokenClassification.from_pretrained(options.start) if options.start else new_model(options.encoder)
    model.bert.embeddings.word_embeddings.weight.requires_grad = False
    winer, held = read_winer(options.winer) if options.winer else ([], [])
    if winer and not options.start:
        rows: Epoch = lambda chance: [row for e in winer for row in training_rows(e, tokenizer, options.window, chance)]  # noqa: E731
        train(model, rows, options.warm_epochs, options.rate, chance, lambda: f"WiNER {score(torch_mentions(model, tokenizer), held)}")
        model.save_pretrained(options.out.with_name(options.out.name + "-warm"))
    elif not winer:
        print("no --winer: the warm-up on WiNER-fr is skipped")
    if options.corpus:
        parts = corpus_parts(options.corpus, options.split or options.corpus / "split.csv")
        epoch = corpus_epoch(parts["train"], winer, tokenizer, options.swap, options.window)
        train(model, epoch, options.epochs, options.rate, chance, lambda: f"dev {score(torch_mentions(model, tokenizer), parts['dev'])}")
        print(f"test {score(torch_mentions(model, tokenizer), parts['test'])}; WiNER {score(torch_mentions(model, tokenizer), held)}")
    model.save_pretrained(options.out)


if __name__ == "__main__":
    main()
