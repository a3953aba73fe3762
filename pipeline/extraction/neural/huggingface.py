"""Any Hugging Face token-classification model in the place of the shipped one; needs torch (the `train` extra)."""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.core.errors import ModelError
from pipeline.core.facts import Label
from pipeline.extraction.neural.decoding import tidy
from pipeline.extraction.neural.mentions import PredictedMention, Reading, disjoint

LABELS = {
    "ORG": "ORG", "ORGANIZATION": "ORG", "LOC": "PLACE", "GPE": "PLACE", "LOCATION": "PLACE",
    **{label.value: label.value for label in Label},
}  # fmt: skip
"""Entity names of common models → labels; names that are not here are passed over, unless the configuration maps them."""


class HuggingFaceMentionModel:
    """A `transformers` token-classification pipeline behind the interface of the shipped model."""

    def __init__(self, classify: Any, name: str, labels: Mapping[str, str], reading: Reading) -> None:
        self.classify, self.labels, self.reading = classify, {**LABELS, **labels}, reading
        self._name_version = f"{name}@huggingface"

    @property
    def name_version(self) -> str:
        """Folder or hub id, such as `Jean-Baptiste/camembert-ner@huggingface`."""
        return self._name_version

    def predict(self, texts: Sequence[str]) -> list[list[PredictedMention]]:
        """For each text its mentions, sorted, none overlapping another; long texts are read in overlapping windows."""
        return [disjoint([m for found in self.entities(text) if (m := self.mention(text, found))]) for text in texts]

    def entities(self, text: str) -> list[dict[str, Any]]:
        """What the pipeline finds in one text."""
        return list(self.classify(text)) if text.strip() else []

    def mention(self, text: str, found: Mapping[str, Any]) -> PredictedMention | None:
        """One mention, or nothing if its label is not mapped, its score is too low or its span is blank."""
        label = self.labels.get(str(found["entity_group"]).upper())
        span = tidy(text, int(found["start"]), int(found["end"]))
        if label is None or span.start >= span.end or float(found["score"]) < self.reading.threshold:
            return None
        return PredictedMention(span, Label(label), float(found["score"]))


def load_token_classifier(name: str, labels: Mapping[str, str], reading: Reading) -> HuggingFaceMentionModel:
    """Load a folder or hub id through `transformers`.

    Args:
        name: folder or hub id.
        labels: the model's entity names → labels of mentions; adds to `LABELS`.
        reading: window and overlap in pieces of that model's own tokenizer, least score.

    Raises:
        ModelError: torch is missing, or the model does not load.
    """
    try:
        importlib.import_module("torch")
        from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline
    except ImportError as error:
        raise ModelError(f"the mention model {name} needs torch: pip install torch==2.13.0, then pip install '.[train]'") from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, model_max_length=reading.window)
        model = AutoModelForTokenClassification.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ModelError(f"the mention model {name} does not load: {error}") from error
    stride = min(reading.overlap, reading.window // 2)
    classify = pipeline("token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="simple", stride=stride)
    return HuggingFaceMentionModel(classify, name, labels, reading)
