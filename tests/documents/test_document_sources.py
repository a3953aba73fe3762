"""Declared sources, stable addresses, and what is known from an earlier load."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from loading import ENGLISH, FRENCH, OTHER, load, reason

from pipeline.core.errors import SourceError
from pipeline.core.facts import Quarantined
from pipeline.documents import content_key, expected, fingerprint, load_documents, load_sources, read_rules, read_source
from pipeline.documents.load import Loaded
from pipeline.documents.rules import Rules


def test_addresses_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    for place in (tmp_path / "ici", tmp_path / "ailleurs" / "là"):
        (place / "press").mkdir(parents=True)
        (place / "press" / "b.txt").write_text(OTHER)
        (place / "press" / "a.txt").write_text(FRENCH)
        (place / "sources.yaml").write_text("sources: [{name: p, kind: folder, path: press, publisher: Nous}]")
    first, second = load(tmp_path / "ici"), load(tmp_path / "ailleurs" / "là")
    assert first == second
    assert list(first) == ["press/a.txt", "press/b.txt"]
    assert getattr(first["press/a.txt"], "publisher", None) == "Nous"


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("sources: [{name: a, kind: folder, pth: x}]", "sources.0.folder.pth: Extra inputs are not permitted"),
        ("sources: [{name: a, kind: dossier, path: x}]", "sources.0: Input tag 'dossier'"),
        ("sources: [{name: a, kind: feed, url: 'ftp://a/b'}]", "sources.0.feed.url"),
        ("sources: [{name: a, kind: pages, urls: []}]", "sources.0.pages.urls"),
        ("sources: [{name: a, kind: folder, path: x}, {name: a, kind: folder, path: y}]", "two sources bear the name 'a'"),
        ("source: []", "sources: Field required"),
        ("sources: [", "line 1"),
        ("", "the whole"),
    ],
)
def test_a_wrong_declaration_says_what_and_where(tmp_path: Path, declared: str, message: str) -> None:
    (tmp_path / "sources.yaml").write_text(declared)
    with pytest.raises(SourceError) as caught:
        load_sources(tmp_path)
    assert message in str(caught.value)
    assert str(tmp_path / "sources.yaml") in str(caught.value)


def test_a_source_that_is_switched_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources: [{name: a, kind: folder, path: x, enabled: false}]")
    assert load_sources(tmp_path) == []


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such folder"):
        load_sources(tmp_path / "rien")


def test_one_file_is_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    assert list(load(tmp_path / "a.txt")) == ["a.txt"]


def test_known_documents_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("a.txt", FRENCH), ("b.txt", ENGLISH * 2), ("c.txt", FRENCH), ("d.txt", OTHER)):
        (tmp_path / name).write_text(text)
    learned: dict[str, Loaded] = {}
    first = load(tmp_path, learned=learned)
    (tmp_path / "d.txt").write_text(OTHER + FRENCH)
    cleaned: list[str] = []

    def count(raw: object, rules: object) -> Loaded:
        cleaned.append(getattr(raw, "source_uri", ""))
        return Quarantined("x", "x", "counted")

    monkeypatch.setattr("pipeline.documents.load.prepare", count)
    again: dict[str, Loaded] = {}
    second = load_documents(load_sources(tmp_path), known=learned, learned=again)
    assert [one for one in second if one.document_id != "x"] == [first["a.txt"], first["b.txt"], first["c.txt"]]
    assert cleaned == ["d.txt"]
    assert len(again) == 4
    assert reason(first["c.txt"]) == "the same text as a.txt"


def test_the_key_changes_with_content_source_words_and_rules(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (raw,) = read_source(load_sources(tmp_path)[0])
    rules = read_rules()
    assert not isinstance(raw, Quarantined)
    keys = {
        content_key(changed) for changed in (raw, replace(raw, content=b"x"), replace(raw, publisher="x"), replace(raw, source_uri="x"))
    }
    assert len(keys | {content_key(raw, rules=Rules(rules.thresholds, rules.patterns, "other"))}) == 5


def test_a_fingerprint_changes_with_the_files(tmp_path: Path) -> None:
    (source,) = load_sources(tmp_path)
    seen = [fingerprint(source)]
    (tmp_path / "a.txt").write_text(FRENCH)
    seen.append(fingerprint(source))
    (tmp_path / "a.txt").write_text(OTHER)
    seen.append(fingerprint(source))
    (tmp_path / "lien.txt").symlink_to(tmp_path / "absent")
    seen.append(fingerprint(source))
    assert len(set(seen)) == 4
    assert fingerprint(source) == seen[-1]


def test_how_many_documents_to_expect(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"{}\n\n{}\n"))
    (tmp_path / "c.jsonl.gz").write_bytes(b"x")
    (tmp_path / "d.md").write_text(FRENCH)
    (source,) = load_sources(tmp_path)
    assert expected(source) == len(load(tmp_path)) == 4
