"""Where two parts moved, documents are really extracted with some old and some new ones, and the part that makes a change is named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.core.lexicon import MODELS
from pipeline.review.desk import Desk
from pipeline.review.labels import detail_label
from pipeline.versions import again
from pipeline.versions.again import Again, Limits, read_limits
from pipeline.versions.causes import Cause
from pipeline.versions.gate import judge_staged
from pipeline.versions.history import pair
from pipeline.versions.report import FORMATS, report_versions
from pipeline.versions.store import Store
from pipeline.workflow.comparing import compare_models, compare_versions
from pipeline.workflow.job import run_job
from pipeline.workflow.stages import find_limits, find_policy

PACKAGE = MODELS.parent / "pipeline"
FILLER = " Les entreprises de la région y voient une bonne nouvelle pour l'emploi et pour la recherche dans les deux pays."
LETTER, NAME, LISTED, EITHER = "Ecofoo", "Kelpland Hub", "Deltafoo Hub", "Gammafoo Ring"
TEXTS = {
    "letter.txt": f"Le pôle Novalim a signé une lettre d'intention avec le pôle {LETTER}.",
    "name.txt": f"Le pôle Novalim a signé un accord de coopération avec {NAME}.",
    "listed.txt": f"Le pôle Novalim a signé un accord de coopération avec {LISTED}.",
    "either.txt": f"Le pôle Novalim a signé une lettre d'intention avec {EITHER}.",
}
"""One agreement needs a pattern, one the model, one either a list or the model, one both a pattern and the model."""

pytestmark = pytest.mark.slow


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.unlink()  # the project's own file, to which it may be a link, stays what it is
    path.write_text(text.replace(old, new), "utf-8")


def models_folder(place, *, pattern=True, threshold=0.0, listed=True):
    """A models folder: the project's, with or without the pattern for letters and a listed name, model mentions from a threshold on."""
    place.mkdir()
    for name in ("encoder", "gazetteer", "mentions", "patterns", "words"):
        shutil.copytree(MODELS / name, place / name, copy_function=os.symlink)
    (place / "config.yaml").write_text(f"mentions: {{folder: mentions, window: 192, overlap: 48, threshold: {threshold}}}\n")
    if not pattern:
        edit(place / "patterns" / "agreements.yaml", "(?:lettres?|d[ée]clarations?) d'intentions?", "(?:brouillons?) d'intentions?")
    if listed:
        table = place / "gazetteer" / "clusters.csv"
        text = table.read_text("utf-8")
        table.unlink()
        table.write_text(f"{text.rstrip()}\n{LISTED},CLUSTER,,NO,,test\n", "utf-8")
    return place


def write_corpus(folder):
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text + FILLER)
    return folder


def run(place, models, **options):
    return run_job([place / "corpus"], place / "outputs", models, show=False, **options)


def parties(entries):
    """Cause, detail and sureness of each agreement that went, by the counterpart's name."""
    told = (entry for entry in entries if entry.table == "agreements")
    return {entry.title.split(" ↔ ")[1]: (entry.cause, entry.detail, entry.sure) for entry in told}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A published version, and a staged one for which a pattern, a listed name and the model's threshold have moved."""
    place = tmp_path_factory.mktemp("again")
    write_corpus(place / "corpus")
    run(place, models_folder(place / "before"))
    assert len(Store(place / "outputs").readable().table("agreements")) == len(TEXTS)
    run(place, models_folder(place / "after", pattern=False, threshold=2.0, listed=False), publish="never")
    return place


def test_the_part_that_makes_a_change_is_named_alone_together_or_each(place):
    found = parties(compare_versions(place / "outputs", place / "after").entries)
    assert found[LETTER][::2] == ("lexicon", True)
    assert found[LETTER][1] == "rule agreement.letter, gazetteer/clusters.csv, patterns/agreements.yaml (tried: alone)"
    assert found[NAME] == ("model", "config.yaml (tried: alone)", True)
    assert found[LISTED][::2] == ("lexicon", True)
    assert found[LISTED][1].startswith("word lists and trained models (tried: only together): rule agreement.letter, gazetteer")
    assert found[LISTED][1].endswith(", config.yaml")
    assert found[EITHER][1].startswith("word lists or trained models (tried: each alone): rule agreement.letter")
    assert len(found) == len(TEXTS)


def test_the_gate_knew_it_and_the_page_only_looks_it_up(place, monkeypatch):
    monkeypatch.setattr(again, "extract_with", lambda *told, **options: pytest.fail("asked before, and extracted again"))
    store = Store(place / "outputs")
    judgement = judge_staged(store, find_policy(place / "after"))
    assert all(item.reason.sure for item in judgement.changes)
    desk = Desk(store, find_policy(place / "after"))
    reasons = {item.title.split(" ↔ ")[1]: item.judged.reason for item in desk.table.items if " ↔ " in item.title}
    assert (reasons[NAME].cause, reasons[NAME].sure) == (Cause.MODEL, True)
    assert detail_label(reasons[NAME].detail) == "config.yaml (essai : cela suffit)"
    assert compare_versions(store.outputs, place / "after").entries


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_of_the_diff_says_it(place, form):
    assert "word lists and trained models (tried: only together)" in FORMATS[form](compare_versions(place / "outputs", place / "after"))


def test_two_configurations_are_told_apart_like_two_versions(place):
    report = compare_models([place / "corpus"], place / "outputs", place / "before", place / "after")
    assert parties(report.entries)[NAME] == ("model", "config.yaml (tried: alone)", True)


def copied(place, name):
    """The outputs as the two runs left them, without what was extracted again."""
    outputs = place / name
    shutil.copytree(place / "outputs", outputs, symlinks=True)
    (outputs / ".passerelle" / again.MEMORY).unlink()
    return Store(outputs)


def reread(store, limits):
    old, new = pair(store)
    report = report_versions(old, new, Again(store.private, old.manifest.inputs, new.manifest.inputs, limits))
    return parties(report.entries)


def test_parts_that_are_gone_leave_the_recorded_hashes_and_say_so(place):
    store = copied(place, "gone")
    shutil.rmtree(store.private / "parts")
    cause, detail, sure = reread(store, Limits(60, 60.0))[NAME]
    assert (cause, sure) == ("lexicon", False), "the model it was: recorded hashes alone cannot know"
    assert detail.endswith("the word lists and trained models and code of one version are not kept")


def test_a_damaged_part_is_not_used(place):
    store = copied(place, "damaged")
    part = store.staged().manifest.inputs["lexicon"]
    sha = next(line.split("  ")[0] for line in (store.private / "parts" / f"{part}.list").read_text().splitlines() if "agreements" in line)
    (store.private / "parts" / sha).write_text("[]")
    assert "changed after writing" in reread(store, Limits(60, 60.0))[NAME][1]


def test_what_was_never_extracted_again_is_only_looked_up(place):
    store = copied(place, "unknown")
    _, detail, sure = reread(store, None)[NAME]
    assert (detail.endswith("; not extracted again yet"), sure) == (True, False)


def test_more_documents_than_allowed_are_left_out_and_that_is_said(place):
    found = reread(copied(place, "bounded"), Limits(2, 60.0))
    told = sorted(sure for _, _, sure in found.values())
    assert told == [False, False, True, True]
    why = "more than 2 documents are concerned (models/review/causes.yaml)"
    assert all(sure or detail.endswith(why) for _, detail, sure in found.values())


def test_what_takes_too_long_is_given_up_and_tried_another_time_and_the_page_follows(place):
    store = copied(place, "slow")
    desk = Desk(store, find_policy(place / "after"))
    before = desk.table
    assert desk.table is before
    assert not any(item.judged.reason.sure for item in before.items if item.judged.change.table == "agreements")
    assert "took more than 0 s" in reread(store, Limits(60, 0.05))[NAME][1]
    assert reread(store, Limits(60, 60.0))[NAME][2]
    after = desk.table
    assert all(item.judged.reason.sure for item in after.items)
    assert desk.table is after


def run_old(place, code, models):
    """A run by a copy of the package, in a process of its own."""
    command = [sys.executable, "-P", "-c", "from pipeline.cli import main; main()", "run", "--quiet", "--corpus", str(place / "corpus")]
    told = ["--outputs", str(place / "outputs"), "--models", str(models)]
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, *told], env=environment, cwd=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def elsewhere(tmp_path):
    """A copy of the package beside the project's models, a corpus, a models folder."""
    shutil.copytree(PACKAGE, tmp_path / "code" / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "code" / "models").symlink_to(MODELS)
    write_corpus(tmp_path / "corpus")
    models_folder(tmp_path / "before")
    return tmp_path


ENGINE = Path("code") / "pipeline" / "extraction" / "engine.py"


def test_old_code_is_run_when_code_and_word_lists_moved(elsewhere):
    silent = f"    agreements = [a for a in agreements if '{NAME}' not in reading.text]\n"
    edit(elsewhere / ENGINE, "    declared = find_counts(", f"{silent}    declared = find_counts(")
    run_old(elsewhere, elsewhere / "code", elsewhere / "before")
    run(elsewhere, models_folder(elsewhere / "after", pattern=False), publish="never")
    found = parties(compare_versions(elsewhere / "outputs", elsewhere / "after").entries)
    assert found[NAME] == ("code", "code (tried: alone)", True)
    assert found[LETTER][::2] == ("lexicon", True)
    assert found[LETTER][1].startswith("rule agreement.letter")


def test_old_code_that_runs_no_more_leaves_the_recorded_hashes_and_says_why(elsewhere, monkeypatch):
    edit(elsewhere / ENGINE, "import os\n", "import os\n\nimport vanished\n\nassert vanished\n")
    (elsewhere / "code" / "vanished.py").write_text("")
    run_old(elsewhere, elsewhere / "code", elsewhere / "before")
    run(elsewhere, models_folder(elsewhere / "after", pattern=False), publish="never")
    store = Store(elsewhere / "outputs")
    told = reread(store, find_limits(elsewhere / "after"))[LETTER]
    assert (told[0], told[2]) == ("lexicon", False)
    assert told[1].endswith("extracting again failed (ModuleNotFoundError: No module named 'vanished')")
    monkeypatch.setattr(again, "extract_with", lambda *told, **options: pytest.fail("failed before, and tried again"))
    assert reread(store, find_limits(elsewhere / "after"))[LETTER] == told


def test_a_wrong_file_of_limits_says_what_is_expected(tmp_path):
    (tmp_path / "causes.yaml").write_text("documents: many\n")
    with pytest.raises(again.VersionError, match=r"causes.yaml.*documents.*seconds"):
        read_limits(tmp_path / "causes.yaml")
