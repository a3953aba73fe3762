"""The mention model: the shipped one reads whole documents, another one can take its place, a missing one says how to get it."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from pipeline.core.errors import ModelError
from pipeline.core.facts import Label, Span
from pipeline.extraction.neural.mentions import PredictedMention, Reading, WindowedMentionModel, disjoint, load_mention_model
from pipeline.extraction.neural.session import open_session, open_tokenizer, read_config

MODELS = Path(__file__).parents[2] / "models"
TAGS = ["O", "B-CLUSTER", "I-CLUSTER"]
CONFIG = yaml.safe_load((MODELS / "config.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shipped():
    return load_mention_model(MODELS, CONFIG["mentions"])


def capitals(tokenizer):
    """A network that tags every piece with a capital letter: B."""
    capital = {index for piece, index in tokenizer.get_vocab().items() if piece.lstrip("▁")[:1].isupper()}
    return lambda ids, mask: np.where(np.isin(ids, list(capital))[:, :, None], [0.0, 5.0, 0.0], [5.0, 0.0, 0.0]).astype(np.float32)


def test_mentions_in_every_window_of_a_long_text_are_found():
    tokenizer = open_tokenizer(MODELS / "encoder" / "tokenizer.json")
    model = WindowedMentionModel(capitals(tokenizer), tokenizer, TAGS, name_version="t@1", reading=Reading(window=20, overlap=6, batch=64))
    text = " ".join(f"mot{number} Lyon" for number in range(100))
    (found,) = model.predict([text])
    assert [mention.span.quote(text) for mention in found] == ["Lyon"] * 100


def test_texts_do_not_mix_in_batches(shipped):
    texts = ["Le pôle Novalim signe avec BioFoo.", "", "Paris", "Rien ici. " * 40]
    assert shipped.predict(texts) == [shipped.predict([text])[0] for text in texts]


def test_shipped_model_finds_names_that_no_list_holds(shipped):
    text = "Lyon, le 3 mars 2019 – Le cluster Novaqualim a signé un protocole d'entente avec le Nordfjord Ocean Cluster."
    labels = {mention.span.quote(text): mention.label for mention in shipped.predict([text])[0]}
    assert labels.get("Lyon") == Label.PLACE
    assert labels.get("Novaqualim") == Label.CLUSTER
    assert labels.get("Nordfjord Ocean Cluster") == Label.CLUSTER


def test_mentions_are_sorted_disjoint_and_have_probabilities(shipped):
    text = (MODELS.parent / "corpus").joinpath("README.md")
    texts = ["BioWin(Wallonie), Lyonbiopôle, Eurasanté, le CIT (Centre d'innovation textile) et l'université de Gand.\n\nNOVALIM ET BIOFOO"]
    texts += [text.read_text(encoding="utf-8")] if text.exists() else []
    for found in shipped.predict(texts):
        assert all(left.span.end <= right.span.start for left, right in zip(found, found[1:], strict=False))
        assert all(0 < mention.score <= 1 for mention in found)


def test_name_and_version_stand_in_the_method(shipped):
    assert shipped.name_version.startswith("mentions@")


def test_of_two_overlapping_mentions_the_surer_stays():
    sure, other = PredictedMention(Span(0, 5), Label.CLUSTER, 0.9), PredictedMention(Span(3, 8), Label.PLACE, 0.8)
    assert disjoint([other, sure]) == [sure]


def test_missing_model_says_what_is_missing_and_how_to_get_it(tmp_path):
    with pytest.raises(ModelError, match=r"config\.json.*make models"):
        load_mention_model(tmp_path)


def test_broken_files_are_reported(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no model")
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="does not load"):
        open_session(tmp_path / "model.onnx", 1)
    with pytest.raises(ModelError, match="not JSON"):
        read_config(tmp_path / "config.json")


def tiny_camembert(folder):
    """A CamemBERT of one layer with random weights and a small tokenizer, saved as a Hugging Face folder."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(["Le pôle Novalim de Lyon signe avec BioFoo à Bruxelles."] * 5,
                                  trainers.UnigramTrainer(vocab_size=60, special_tokens=special, unk_token="<unk>"))  # fmt: skip
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")
    torch.manual_seed(0)
    names = {0: "O", 1: "I-ORG", 2: "I-LOC", 3: "I-PER"}
    config = transformers.CamembertConfig(
        vocab_size=len(fast), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, pad_token_id=1,
        max_position_embeddings=80, id2label=names, label2id={name: index for index, name in names.items()},
    )  # fmt: skip
    transformers.CamembertForTokenClassification(config).save_pretrained(folder)
    fast.save_pretrained(folder)


def test_a_hugging_face_folder_takes_the_place_of_the_shipped_model(tmp_path):
    tiny_camembert(tmp_path)
    model = load_mention_model(MODELS, {"huggingface": str(tmp_path), "labels": {"PER": "COMPANY"}, "window": 32, "overlap": 8})
    text = "Le pôle Novalim de Lyon signe avec BioFoo à Bruxelles. " * 10
    (found,) = model.predict([text])
    assert {mention.label for mention in found} <= {Label.ORG, Label.PLACE, Label.COMPANY}
    assert found
    assert all(mention.span.quote(text).strip() == mention.span.quote(text) for mention in found)
    assert model.name_version.endswith("@huggingface")


def test_a_hugging_face_folder_that_is_none_is_reported(tmp_path):
    pytest.importorskip("torch")
    with pytest.raises(ModelError, match="does not load"):
        load_mention_model(MODELS, {"huggingface": str(tmp_path)})
