"""What an extraction is made of: the word lists, the trained models, the code – each a list of files by content.

The hash of a part is the hash of its list, so that whoever keeps lists and files by their hashes can lay the same folders out again:
`pipeline/` with the code and, beside it, `models/` with the rest.
"""

from collections.abc import Mapping
from pathlib import Path

from pipeline.core.ids import content_hash
from pipeline.core.lexicon import CONFIG, MODELS, REVIEW, listing, load_lexicon

PARTS = ("lexicon", "model", "code")
"""The parts, as the inputs of a version name them."""

TRAINED = {".onnx", ".json"}
"""Endings of what training made: networks, their configurations, the tokenizer."""

PACKAGE = Path(__file__).resolve().parents[1]


def component_files(models: Path = MODELS) -> dict[str, dict[str, Path]]:
    """The files of each part by the name under which they are laid out again."""
    lexicon = {f"models/{name}": path for name, path in load_lexicon(models).listed().items()}
    model = {f"models/{name}": path for name, path in model_files(models).items()}
    code = [PACKAGE / "__init__.py", *(path for room in ("core", "extraction") for path in (PACKAGE / room).rglob("*.py"))]
    return {"lexicon": lexicon, "model": model, "code": {path.relative_to(PACKAGE.parent).as_posix(): path for path in code}}


def model_files(models: Path) -> dict[str, Path]:
    """What was trained, and the file that says which of it is used and how, by name below the models folder."""
    found = {path.relative_to(models): path for path in models.rglob("*") if path.suffix in TRAINED and path.is_file()}
    config = {CONFIG: models / CONFIG} if (models / CONFIG).is_file() else {}
    return config | {name.as_posix(): path for name, path in found.items() if name.parts[0] != REVIEW}


def component_hashes(models: Path = MODELS) -> dict[str, str]:
    """SHA-256 of each part."""
    return {part: content_hash(listing(files)) for part, files in component_files(models).items()}


def recipe_hash(parts: Mapping[str, str]) -> str:
    """One hash for an extraction with these parts, by their hashes."""
    return content_hash("".join(f"{name}={parts[name]};" for name in sorted(PARTS)))


def extractor_hash(models: Path = MODELS) -> str:
    """One hash of everything that can change an extraction."""
    return recipe_hash(component_hashes(models))
