"""The main job on real files, with quick rooms for extraction and resolution: what it reads again, what it publishes, what stops it."""

import pytest
import quick_rooms

from pipeline.core.errors import SourceError, TableError
from pipeline.versions.files import file_hash
from pipeline.versions.store import Store
from pipeline.workflow import job, stages
from pipeline.workflow.report import lines

TEXTS = {
    "one.txt": "Le cluster Alpha a signé hier un accord de partenariat avec le pôle Beta, dans la région et pour les entreprises.",
    "two.txt": "Le pôle Gamma signe avec le cluster Delta une convention pour les jeunes entreprises de la région, dans les deux villes.",
    "empty.txt": "",
    "english.txt": "The cluster has signed an agreement with the other cluster, and they will work together for many years to come.",
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A corpus, a models folder with one word list, an empty outputs folder; quick rooms in the job."""
    quick_rooms.install(monkeypatch.setattr)
    quick_rooms.EXTRACTED.clear()
    for folder in ("corpus", "models"):
        (tmp_path / folder).mkdir()
    (tmp_path / "models" / "words.csv").write_text("accord")
    for name, text in TEXTS.items():
        (tmp_path / "corpus" / name).write_text(text)
    return tmp_path


def run(place, **options):
    return job.run_job([place / "corpus"], place / "outputs", place / "models", show=False, **options)


def published_bytes(place):
    folder = place / "outputs" / "tables"
    return {path.name: file_hash(path) for path in folder.iterdir()} | {"db": file_hash(place / "outputs" / "passerelle.db")}


def test_a_run_counts_what_was_read_and_says_why_the_rest_was_not(place):
    report = run(place)
    assert (report.extracted, report.unchanged, len(report.quarantined)) == (2, 0, 2)
    assert report.published
    assert report.rows["agreements"] == 2
    text = "\n".join(lines(report))
    assert "2 documents read: 2 extracted, 0 unchanged; 2 set aside" in text
    assert "empty.txt" in text
    assert "published version" in text


def test_the_second_run_extracts_nothing_and_leaves_the_same_bytes(place):
    run(place)
    before = published_bytes(place)
    quick_rooms.EXTRACTED.clear()
    report = run(place)
    assert quick_rooms.EXTRACTED == []
    assert (report.extracted, report.unchanged, report.new_version) == (0, 2, False)
    assert published_bytes(place) == before
    assert "nothing changed" in "\n".join(lines(report))


def test_only_a_changed_text_is_extracted_again(place):
    run(place)
    (place / "corpus" / "one.txt").write_text(TEXTS["one.txt"] + " La signature a eu lieu hier.")
    quick_rooms.EXTRACTED.clear()
    run(place)
    assert quick_rooms.EXTRACTED == ["one.txt"]


def test_a_changed_word_list_extracts_everything_again(place):
    run(place)
    (place / "models" / "words.csv").write_text("accord\nconvention")
    quick_rooms.EXTRACTED.clear()
    report = run(place)
    assert sorted(quick_rooms.EXTRACTED) == ["one.txt", "two.txt"]
    assert report.new_version  # the rows are the same, what they were made from is not


def test_a_run_that_is_broken_off_keeps_what_it_extracted(place, monkeypatch):
    good = stages.extract_documents

    def broken_off(documents, **options):
        yield next(iter(good(documents, **options)))
        raise KeyboardInterrupt

    monkeypatch.setattr(stages, "extract_documents", broken_off)
    with pytest.raises(KeyboardInterrupt):
        run(place)
    monkeypatch.setattr(stages, "extract_documents", good)
    report = run(place)
    assert (report.extracted, report.unchanged) == (1, 1)


def test_a_document_that_cannot_be_extracted_is_set_aside_and_the_others_go_on(place):
    (place / "corpus" / "a-poison.txt").write_text(
        "Le cluster Poison a signé un accord avec le pôle Beta, pour les entreprises de la région."
    )
    report = run(place)
    assert report.extracted == 2
    assert {document.source_uri: document.reason for document in report.quarantined}["a-poison.txt"] == "it is poisoned"


def test_a_planted_fault_blocks_publishing_and_leaves_the_tables_untouched(place, monkeypatch):
    run(place)
    before = published_bytes(place)
    good = stages.build_tables

    def faulty(*rooms):
        tables = good(*rooms)
        tables["evidence"].loc[0, "quote"] = "words that nobody wrote"
        return tables

    monkeypatch.setattr(stages, "build_tables", faulty)
    report = run(place)
    assert [check.name for check in report.blocking] == ["quotes_match"]
    assert published_bytes(place) == before
    store = Store(place / "outputs")
    assert store.staged().version_id == report.version_id != store.published().version_id
    assert "not published" in "\n".join(lines(report))


def test_rows_that_break_the_schema_are_not_even_staged(place, monkeypatch):
    run(place)
    good = stages.build_tables
    monkeypatch.setattr(stages, "build_tables", lambda *rooms: good(*rooms) | {"organisations": good(*rooms)["organisations"].head(0)})
    with pytest.raises(TableError, match="FOREIGN KEY"):
        run(place)
    store = Store(place / "outputs")
    assert store.staged() == store.published()


def test_a_table_that_shrank_beyond_the_bounds_waits_for_a_word(place):
    many = " ".join(f"Cluster{number}" for number in range(60))
    (place / "corpus" / "two.txt").write_text(TEXTS["two.txt"] + " " + many)
    run(place)
    (place / "corpus" / "two.txt").write_text(TEXTS["two.txt"])
    report = run(place)
    assert [check.name for check in report.blocking] == ["counts_within_bounds"]
    assert "--accept-counts" in report.blocking[0].detail
    assert run(place, accept_counts=True).published


def test_a_source_that_cannot_be_read_is_named_and_the_others_go_on(place):
    (place / "corpus" / "sources.yaml").write_text(
        "sources:\n- {name: gone, kind: folder, path: gone}\n- {name: here, kind: folder, path: .}\n"
    )
    report = run(place)
    assert report.extracted == 2
    assert "gone" in report.failed_sources[0]


def test_judgements_come_with_the_corpus(place):
    assert stages.find_judgements([place / "corpus"]) is None
    (place / "corpus" / "judgements.csv").write_text("left,right,kind,judgement,who,when,why\n")
    assert stages.find_judgements([place / "corpus"]) == place / "corpus" / "judgements.csv"
    with pytest.raises(SourceError, match="--judgements"):
        stages.find_judgements([place / "corpus", place / "corpus"])


def test_the_fingerprint_changes_with_the_files(place):
    before = stages.corpus_fingerprint([place / "corpus"])
    assert stages.corpus_fingerprint([place / "corpus"]) == before
    (place / "corpus" / "new.txt").write_text("Nouveau")
    assert stages.corpus_fingerprint([place / "corpus"]) != before
