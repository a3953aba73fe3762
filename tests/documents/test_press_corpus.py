"""The press texts that ship with the project, and real ones beside them."""

import json
from pathlib import Path

import pytest
from loading import load, reason

from models.training.annotated import read_annotated, to_gold
from pipeline.core.facts import Document, Quarantined

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = Path(__file__).parents[2] / "corpus"


def test_the_corpus_of_the_project() -> None:
    found = load(CORPUS)
    aside = {address: reason(one) for address, one in found.items() if isinstance(one, Quarantined)}
    assert len(found) - len(aside) >= 34
    assert {address.split("/")[-1][:2] for address in aside} == {"40", "41", "42", "43", "44", "45"}
    gold = {path.stem for path in (CORPUS / "gold").glob("*.json")}
    assert gold <= {Path(address).stem for address in found}
    assert {Path(address).stem for address, one in found.items() if isinstance(one, Document)} <= gold


@pytest.mark.parametrize("folder", ["press", "dev/press"])
def test_real_press_texts_lose_only_boilerplate(folder: str) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"{SHARED / folder} is not there: the shared texts come with the project's workplace, not with the repository")
    for found in load(SHARED / folder).values():
        assert isinstance(found, Document)
        before = (SHARED / folder / found.source_uri).read_text(encoding="utf-8").split()
        assert len(found.text.split()) > 0.9 * len(before)


def gold_name(stem: str) -> str:
    """Name of the gold file of one tagged text: that of the file, or of the record's address, that the scorer sees."""
    return {"11-json-espace": "orbitalis-bangalore", "14-gz-sport": "14-gz-sport.txt"}.get(stem, stem)


@pytest.mark.parametrize("path", sorted((CORPUS / "tagged").glob("*.txt")), ids=lambda path: path.stem)
def test_gold_is_what_the_tagged_text_says_and_the_document_holds_its_words(path: Path, corpus_texts: dict[str, str]) -> None:
    tagged = read_annotated(path)
    gold = json.loads((CORPUS / "gold" / f"{gold_name(path.stem)}.json").read_text(encoding="utf-8"))
    assert gold == to_gold(tagged)
    words = set(corpus_texts[gold_name(path.stem)].split())
    assert [word for word in tagged.text.split() if word not in words and word.strip("-–*•|")] == []


@pytest.fixture(scope="module")
def corpus_texts() -> dict[str, str]:
    return {Path(address).stem: one.text for address, one in load(CORPUS).items() if isinstance(one, Document)}
