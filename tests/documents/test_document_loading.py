"""Folders of real files → documents and rows set aside."""

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.training.annotated import read_annotated, to_gold
from pipeline.core.errors import SourceError
from pipeline.core.facts import Document, Quarantined
from pipeline.core.ids import content_hash, stable_id
from pipeline.documents import content_key, fingerprint, load_documents, load_sources, read_rules, read_source
from pipeline.documents.load import Loaded
from pipeline.documents.rules import Rules

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = Path(__file__).parents[2] / "corpus"
FRENCH = "Le pôle Novalim a signé hier à Rennes un protocole d'entente avec le réseau norvégien Fjordmat, pour une durée de deux ans.\n"
OTHER = "La grappe du textile a reçu une délégation de trois villes, sans rien signer : elle veut d'abord entendre ses adhérents.\n"
ENGLISH = "The cluster has signed a memorandum of understanding with its partner, and both will share their laboratories for two years.\n"


def load(folder: Path, **options: object) -> dict[str, Loaded]:
    found = list(load_documents(load_sources(folder), **options))  # type: ignore[arg-type]
    assert len({one.document_id for one in found}) == len(found)
    assert all(one.document_id == stable_id("doc", one.source_uri) for one in found)
    return {one.source_uri: one for one in found}


def reason(found: Loaded) -> str:
    assert isinstance(found, Quarantined), found
    return found.reason


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


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300), ending=st.sampled_from([".txt", ".html", ".json", ".jsonl", ".txt.gz", ".jsonl.gz"]))
def test_any_file_is_at_least_one_row(tmp_path: Path, content: bytes, ending: str) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    (tmp_path / f"a{ending}").write_bytes(content)
    found = load(tmp_path)
    assert found
    assert all(one.source_uri.split("#")[0] == f"a{ending}" or isinstance(one, Document) for one in found.values())


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
