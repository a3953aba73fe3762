"""The lexicon: every entry does what its own examples say, and a broken file is named with the entry that breaks it."""

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.core.errors import LexiconError
from pipeline.core.facts import Label
from pipeline.core.lexicon import (
    MODELS,
    GazetteerEntry,
    Lexicon,
    Pattern,
    compile_pattern,
    load_lexicon,
    read_gazetteer,
    read_patterns,
    read_words,
)
from pipeline.core.names import fold

LEXICON = load_lexicon()
PATTERN_FILES = sorted((MODELS / "patterns").glob("*.yaml"))
WORD_FILES = sorted((MODELS / "words").glob("*.txt"))
GAZETTEERS = sorted((MODELS / "gazetteer").glob("*.csv"))
PATTERNS = [(path.stem, pattern) for path in PATTERN_FILES for pattern in read_patterns(path)]
HITS = [pytest.param(p, words, id=f"{p.id}-{words}") for _, p in PATTERNS for words in p.hits]
MISSES = [pytest.param(p, words, id=f"{p.id}-{words}") for _, p in PATTERNS for words in p.misses]
LABELS_OF: dict[str, set[str]] = {
    "heads": {*Label},
    "names": {*Label},
    "appositions": {*Label},
    "agreements": {"mou", "letter_of_intent", "cooperation_agreement", "partnership", "convention", "twinning", "alliance", "other"},
    "status": {"denied", "ended", "active", "planned", "signed"},
    "projects": {"partner", "coordinator", "label", "partner.before", "coordinator.before"},
    "funding": {"after", "receives", "before", "programme", "own"},
    "funding_with_sum": {"receives.sum", "before.sum"},
    "anaphora": {"pair", "one"},
    "counts": {"agreement", "member", "project"},
}

BAD_PATTERNS = [
    ("id: a", "expected a list"),
    ("- {id: a, label: X}", r"'a' lacks \['pattern'\]"),
    ("- {label: X, pattern: y}", r"None lacks \['id'\]"),
    ("- {id: a, pattern: y}", r"'a' lacks \['label'\]"),
    ("- {id: a, label: X, pattern: y, hit: [y]}", r"'a' has unknown \['hit'\]"),
    ("- {id: a, label: X, pattern: '(y'}", "'a': missing \\)"),
    ("- {id: a, label: X, pattern: y}\n- {id: a, label: X, pattern: z}", "ids used twice: a"),
]


@pytest.mark.parametrize(("pattern", "words"), HITS)
def test_a_pattern_finds_its_hits(pattern: Pattern, words: str) -> None:
    assert pattern.regex.search(words), pattern.id


@pytest.mark.parametrize(("pattern", "words"), MISSES)
def test_a_pattern_leaves_its_misses(pattern: Pattern, words: str) -> None:
    assert not pattern.regex.search(words), pattern.id


@pytest.mark.parametrize(("file", "pattern"), [pytest.param(f, p, id=p.id) for f, p in PATTERNS])
def test_a_pattern_carries_examples_and_a_known_label(file: str, pattern: Pattern) -> None:
    assert pattern.hits
    assert pattern.misses
    assert pattern.label in LABELS_OF.get(file, {pattern.label})
    assert not pattern.regex.match(""), "a pattern that matches nothing at all matches everywhere"


def test_ids_are_unique_over_all_files() -> None:
    ids = [pattern.id for _, pattern in PATTERNS]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("content", "message"), BAD_PATTERNS)
def test_a_broken_pattern_file_names_file_and_entry(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=f"broken.yaml: .*{message}"):
        read_patterns(path)


@pytest.mark.parametrize("content", ["- [a, b]", "- just words", "- id: [", "\x00"])
def test_a_file_that_is_no_list_of_mappings_is_a_lexicon_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"broken\.yaml"):
        read_patterns(path)


def test_examples_must_be_a_list(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("- {id: a, label: X, pattern: y, hits: yes}", encoding="utf-8")
    with pytest.raises(LexiconError, match="'a'"):
        read_patterns(path)


def test_a_file_in_another_encoding_is_a_lexicon_error(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("pôle".encode("latin-1"))
    with pytest.raises(LexiconError, match=r"latin\.txt"):
        read_words(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"heads\.yaml: cannot be read"):
        Lexicon(tmp_path).patterns("heads")


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no models folder"):
        load_lexicon(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("accord de coopération", "un ACCORD\nde\u00a0coopération", True),
        ("d'accord", "d’accord", True),
        ("d'accord", "d'accord", True),
        ("(?-i)MoU", "MoU", True),
        ("(?-i)MoU", "mou", False),
        ("accord de coopération", "accord  de\tcoopération", True),
        ("accord de coopération", "accorddecoopération", False),
    ],
)
def test_a_pattern_is_lenient_about_space_apostrophe_and_case(pattern: str, text: str, found: bool) -> None:
    assert bool(compile_pattern(pattern).search(text)) is found


def test_words_leave_out_comments_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# heading\n\npôle\n  grappe # québécois\n", encoding="utf-8")
    assert read_words(path) == {"pôle", "grappe"}


@pytest.mark.parametrize("path", WORD_FILES, ids=lambda path: path.stem)
def test_a_word_list_holds_words(path: Path) -> None:
    assert LEXICON.words(path.stem) == read_words(path) != frozenset()


def test_number_words_have_their_value() -> None:
    assert [line for line in LEXICON.words("numbers") if not re.fullmatch(r"\w+ \d+", line)] == []


@pytest.mark.parametrize("path", GAZETTEERS, ids=lambda path: path.stem)
def test_gazetteer_rows_are_complete(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows if None in row or None in row.values() or not row["source"]] == []
    assert [row["country_code"] for row in rows if not re.fullmatch(r"[A-Z]{2}|", row["country_code"])] == []
    assert [
        row["name"]
        for row in rows
        if any(name != name.strip() or not name for name in [row["name"], *filter(None, row["aliases"].split("|"))])
    ] == []


def test_no_name_is_listed_with_two_labels_or_countries() -> None:
    told: dict[str, set[tuple[Label, str | None]]] = defaultdict(set)
    for entry in LEXICON.gazetteer():
        for name in entry.names:
            told[fold(name)].add((entry.label, entry.country_code))
    assert {name: sorted(map(str, entries)) for name, entries in told.items() if len(entries) > 1} == {}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Aquazur,CLUSTR,,FR,,test", "line 3: needs a name and a label"),
        (",CLUSTER,,FR,,test", "line 3: needs a name"),
        ("Aquazur", "line 3"),
    ],
)
def test_a_broken_gazetteer_row_names_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(f"name,label,aliases,country_code,region,source\nNovalim,CLUSTER,,FR,,test\n{row}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"broken\.csv, {message}"):
        list(read_gazetteer(path))


def test_a_gazetteer_row_gives_all_names(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text("name,label,aliases,country_code,region,source\nNovalim,CLUSTER,Nova Lim|NVL,FR,,test\n", encoding="utf-8")
    assert list(read_gazetteer(path)) == [GazetteerEntry("gazetteer.small.2", ("Novalim", "Nova Lim", "NVL"), Label.CLUSTER, "FR", None)]


def small_lexicon(folder: Path) -> Lexicon:
    """A models folder with one word list."""
    (folder / "words").mkdir(parents=True)
    (folder / "words" / "roles.txt").write_text("Directeur\n", encoding="utf-8")
    return load_lexicon(folder)


def test_the_hash_follows_the_content_of_listed_files(tmp_path: Path) -> None:
    lexicon, twin = small_lexicon(tmp_path / "one"), small_lexicon(tmp_path / "two")
    before = lexicon.content_hash()
    assert before == twin.content_hash()
    (lexicon.folder / "words" / "roles.txt").write_text("Directrice\n", encoding="utf-8")
    assert lexicon.content_hash() != before


def test_the_hash_leaves_out_models_and_review(tmp_path: Path) -> None:
    lexicon = small_lexicon(tmp_path)
    before = lexicon.content_hash()
    (tmp_path / "model.onnx").write_bytes(b"weights")
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "texts.yaml").write_text("a: b", encoding="utf-8")
    assert lexicon.content_hash() == before
