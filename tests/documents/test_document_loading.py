"""Folders of real files → documents and rows set aside."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loading import ENGLISH, FRENCH, OTHER, load, reason

from pipeline.core.facts import Document, Quarantined
from pipeline.core.ids import content_hash, stable_id
from pipeline.documents import load_documents, load_sources


def test_a_text_file_is_a_document(tmp_path: Path) -> None:
    (tmp_path / "été").mkdir()
    content = f"Un accord de plus\r\n\r\n{FRENCH}".encode()
    (tmp_path / "été" / "a.TXT").write_bytes(content)
    assert load(tmp_path) == {
        "été/a.TXT": Document(
            document_id=stable_id("doc", "été/a.TXT"),
            source_uri="été/a.TXT",
            text=f"Un accord de plus\n\n{FRENCH.strip()}",
            content_sha256=content_hash(content),
            title="Un accord de plus",
            language="fr",
            language_confidence=1.0,
        )
    }


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "vide.txt": (lambda path: path.write_bytes(b""), "the document is empty"),
    "vide.json": (lambda path: path.write_bytes(b"\n"), "the document is empty"),
    "vide.jsonl": (lambda path: path.write_bytes(b"\n\n"), "the document is empty"),
    "vide.html": (lambda path: path.write_bytes(b""), "the document is empty"),
    "liste.json": (lambda path: path.write_text("[]"), "the JSON list holds no document"),
    "nombre.json": (lambda path: path.write_text("12"), "not a JSON object but int"),
    "champs.json": (
        lambda path: path.write_text('{"titre": "a", "corps": "b"}'),
        "no field text or html that is a string (its fields: titre, corps)",
    ),
    "titre.json": (lambda path: path.write_text(json.dumps({"text": FRENCH, "title": 3})), "the field title is not a string"),
    "casse.json": (lambda path: path.write_text('{\n "text": "a"\n "b"}'), "broken JSON at line 3, column 2: Expecting ',' delimiter"),
    "profond.json": (lambda path: path.write_text("[" * 100_000), "broken JSON"),
    "binaire.txt": (lambda path: path.write_bytes(os.urandom(4000)), ""),
    "deguise.txt": (lambda path: path.write_bytes(b"%PDF-1.4 etc"), "not a text: the content is a PDF file"),
    "rapport.pdf": (lambda path: path.write_bytes(b"%PDF-1.4 etc"), "files of the type .pdf are not read: save it as .txt or .html"),
    "gros.txt": (lambda path: path.write_text(FRENCH * 50_000), "larger than the limit of 5,000,000 bytes"),
    "bombe.txt.gz": (lambda path: path.write_bytes(gzip.compress(b"a" * 20_000_000)), "larger than the limit of 5,000,000 bytes"),
    "tronque.txt.gz": (lambda path: path.write_bytes(gzip.compress(FRENCH.encode() * 9)[:-12]), "the gzip file is broken"),
    "faux.txt.gz": (lambda path: path.write_text(FRENCH), "the gzip file is broken"),
    "lien.txt": (lambda path: path.symlink_to(path.parent / "absent"), "the file cannot be read: No such file or directory"),
    "boucle.txt": (lambda path: path.symlink_to(path), "the file cannot be read"),
    "tube.txt": (lambda path: os.mkfifo(path), "not a regular file"),
    "anglais.txt": (lambda path: path.write_text(ENGLISH * 3), "not in the language that is read (fr): the language found is en (100%)"),
    "chiffres.txt": (lambda path: path.write_text("12 " * 50), "fewer than 20 letters"),
    "page.html": (lambda path: path.write_text("<html><body></body></html>"), "the HTML page holds no text"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_row_with_a_reason_and_the_run_goes_on(tmp_path: Path, name: str) -> None:
    make, expected = BAD[name]
    (tmp_path / "zzz.txt").write_text(FRENCH)
    make(tmp_path / name)
    found = load(tmp_path)
    assert isinstance(found.pop("zzz.txt"), Document)
    (row,) = found.values()
    assert expected in reason(row)
    assert row.source_uri.split("#")[0] == name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_is_not_ours_to_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "a.txt").chmod(0)
    assert reason(load(tmp_path)["a.txt"]) == "the file cannot be read: Permission denied"


def test_a_file_that_refuses_to_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert reason(load(tmp_path)["a.txt"]) == "the file cannot be read: Permission denied"


def test_a_folder_that_cannot_be_listed_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clos").mkdir()
    (tmp_path / "a.txt").write_text(FRENCH)
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("clos"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse)
    found = load(tmp_path)
    assert isinstance(found["a.txt"], Document)
    assert reason(found["clos"]) == "the folder cannot be listed: what is in it is missing"


def test_linked_folders_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "corpus" / "a").mkdir(parents=True)
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "ailleurs" / "b.txt").write_text(FRENCH)
    (tmp_path / "corpus" / "a" / "lien").symlink_to(tmp_path / "ailleurs")
    (tmp_path / "corpus" / "b").symlink_to(tmp_path / "ailleurs")
    (tmp_path / "corpus" / "a" / "boucle").symlink_to(tmp_path / "corpus")
    assert list(load(tmp_path / "corpus")) == ["b/b.txt"]


def test_other_files_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.md", "b.csv", ".caché.txt", "sans"):
        (tmp_path / name).write_text(FRENCH)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "c.txt").write_text(FRENCH)
    assert load(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (b"caf\xe9.txt", "caf\\xe9.txt"),
        ("naïf été.txt".encode(), "naïf été.txt"),
        (b"deux\nlignes.txt", "deux\\x0alignes.txt"),
        (b"a#b?c%20.txt", "a#b?c%20.txt"),
        ("\u202e.txt".encode(), "\u202e.txt"),
    ],
)
def test_odd_file_names_give_valid_addresses(tmp_path: Path, name: bytes, address: str) -> None:
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as stream:  # noqa: PTH118, PTH123  a name of bytes
        stream.write(FRENCH.encode())
    (found,) = load(tmp_path)
    assert found == address
    assert found.encode("utf-8")


def test_json_fields(tmp_path: Path) -> None:
    fields = {"title": "Accord", "text": FRENCH, "date": "14/03/2019", "publisher": "Novalim", "language": "fr", "autre": [1]}
    (tmp_path / "a.json").write_text(json.dumps(fields), encoding="utf-16")
    document = load(tmp_path)["a.json"]
    assert isinstance(document, Document)
    assert (document.title, document.published_on, document.publisher) == ("Accord", "2019-03-14", "Novalim")
    assert document.text == f"Accord\n\n{FRENCH.strip()}"


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
def test_each_line_of_jsonl_is_a_document(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    lines = [
        json.dumps({"text": FRENCH}),
        "",
        json.dumps({"html": f"<p>{OTHER}</p>", "url": "https://a.example/b"}),
        '{"text": ',
        json.dumps({"id": 7, "text": FRENCH + OTHER}),
        json.dumps({"text": ENGLISH * 2}),
    ]
    name = "a.jsonl.gz" if pack is gzip.compress else "a.jsonl"
    (tmp_path / name).write_bytes(pack("\r\n".join(lines).encode()))
    found = load(tmp_path)
    assert list(found) == [f"{name}#1", "https://a.example/b", f"{name}#4", "7", f"{name}#6"]
    assert [type(one) for one in found.values()] == [Document, Document, Quarantined, Document, Quarantined]
    assert reason(found[f"{name}#4"]) == "broken JSON at line 4, column 10: Expecting value"
    assert found["https://a.example/b"].content_sha256 == content_hash(lines[2].encode())


def test_a_line_over_the_limit_does_not_hide_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "{"a" * 5_100_000}"}}\n{json.dumps({"text": FRENCH})}\n')
    found = load(tmp_path)
    assert reason(found["a.jsonl#1"]) == "line 1 is larger than the limit of 5,000,000 bytes"
    assert isinstance(found["a.jsonl#2"], Document)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_jsonl_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    line = json.dumps({"text": FRENCH}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_bytes(f"{line}\n\n".encode(encoding))
    assert getattr(load(tmp_path)["a.jsonl#1"], "text", None) == FRENCH.strip()


def test_the_same_text_twice_names_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "b.txt").write_bytes(FRENCH.replace(" ", "  ", 3).replace("\n", "\r\n").encode("utf-16"))
    (tmp_path / "c.html").write_text(f"<html><body><p>{FRENCH}</p></body></html>")
    found = load(tmp_path)
    assert isinstance(found["a.txt"], Document)
    assert {reason(found["b.txt"]), reason(found["c.html"])} == {"the same text as a.txt"}
    assert getattr(found["b.txt"], "char_count", 0) > 100


def test_equal_addresses_are_told_apart(tmp_path: Path) -> None:
    for folder, text in (("un", FRENCH), ("deux", OTHER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(text)
        (tmp_path / folder / "b.txt").write_text("")
    sources = [*load_sources(tmp_path / "un"), *load_sources(tmp_path / "deux")]
    found = list(load_documents(sources))
    assert [one.source_uri for one in found] == ["a.txt", "b.txt", "a.txt#2", "b.txt#2"]
    assert len({one.document_id for one in found}) == 4
    assert Path(found[2].source_uri).stem == "a"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300), ending=st.sampled_from([".txt", ".html", ".json", ".jsonl", ".txt.gz", ".jsonl.gz"]))
def test_any_file_is_at_least_one_row(tmp_path: Path, content: bytes, ending: str) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    (tmp_path / f"a{ending}").write_bytes(content)
    found = load(tmp_path)
    assert found
    assert all(one.source_uri.split("#")[0] == f"a{ending}" or isinstance(one, Document) for one in found.values())
