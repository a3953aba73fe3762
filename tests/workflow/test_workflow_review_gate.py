"""Staged → checks → review gate → published, in Dagster and from the command line: what waits, and what the last decision sets off."""

import dagster as dg
import pytest
import quick_rooms
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.definitions import defs
from pipeline.review.desk import Desk
from pipeline.review.verdicts import accept, reject
from pipeline.versions.decisions import log_of
from pipeline.versions.store import Store
from pipeline.workflow import job, stages
from pipeline.workflow.report import lines
from pipeline.workflow.resources import Settings
from pipeline.workflow.sensors import last_decision_in

TEXT = "Le cluster {} a signé hier un accord de partenariat avec le pôle {}, dans la région et pour les entreprises."


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Two agreements are published; then the word list changes, and with it one agreement is found no more."""
    quick_rooms.install(monkeypatch.setattr)
    for folder in ("corpus", "models"):
        (tmp_path / folder).mkdir()
    for one, other in (("Alpha", "Beta"), ("Gamma", "Delta")):
        (tmp_path / "corpus" / f"{one}.txt").write_text(TEXT.format(one, other))
    return tmp_path


@pytest.fixture
def broken(place, monkeypatch):
    """Breaks the rule for one agreement, as a wrong pattern would."""
    good = stages.extract_documents

    def silent(documents, *, models, workers=1):
        for found in good(documents, models=models, workers=workers):
            names = {entity.name for entity in found.entities}
            yield found if "Gamma" not in names else type(found)(**{**fields(found), "agreements": ()})

    def fields(found):
        return {name: getattr(found, name) for name in type(found).__slots__}

    def plant():
        monkeypatch.setattr(stages, "extract_documents", silent)
        (place / "models" / "words.csv").write_text("broken")

    return plant


def run(place, **options):
    return job.run_job([place / "corpus"], place / "outputs", place / "models", show=False, **options)


def agreements(place):
    return len(Store(place / "outputs").readable().table("agreements"))


def decide(place, how):
    """Decide everything that waits."""
    desk = Desk(Store(place / "outputs"), stages.find_policy(place / "models"))
    log_of(place / "outputs").append(*[made for item in desk.table.items for made in how(item, desk.table, "Ada", "t")])


def test_a_regression_waits_and_a_kept_fact_is_asked_about_no_more(place, broken):
    run(place)
    broken()
    report = run(place)
    assert (report.published, report.blocking, agreements(place)) == (False, [], 2)
    assert "1 changes wait for a person" in "\n".join(lines(report))
    decide(place, reject)
    assert run(place).published
    (place / "models" / "words.csv").write_text("broken again")
    again = run(place)
    assert (again.published, again.judgement.changes, agreements(place)) == (True, (), 2)


def test_a_new_document_is_published_although_a_regression_waits(place, broken):
    run(place)
    broken()
    (place / "corpus" / "new.txt").write_text(TEXT.format("Epsilon", "Zeta"))
    report = run(place)
    assert (report.published, report.new_version, agreements(place), report.rows["agreements"]) == (True, True, 3, 3)
    text = "\n".join(lines(report))
    assert "changes are published, 1 wait: there readers see what they saw before" in text
    assert f"published version {report.shown.version_id}" in text
    waiting = Desk(Store(place / "outputs"), stages.find_policy(place / "models")).table.items
    assert [item.title for item in waiting] == ["Le ↔ Gamma"]
    again = run(place)
    assert (again.published, agreements(place)) == (False, 3)
    outputs = ["--outputs", str(place / "outputs"), "--models", str(place / "models")]
    decide(place, accept)
    told = CliRunner().invoke(main, ["publish", *outputs])
    assert (told.exit_code, agreements(place)) == (0, 2), told.output
    assert Store(place / "outputs").readable() == Store(place / "outputs").staged()


@pytest.mark.parametrize(("mode", "published"), [("auto", True), ("never", False)])
def test_modes_of_a_run(place, broken, mode, published):
    run(place)
    broken()
    assert run(place, publish=mode).published == published


def test_decisions_come_with_the_corpus(place, broken, tmp_path):
    run(place)
    broken()
    run(place)
    decide(place, reject)
    command = ["decisions", "export", str(place / "corpus" / "decisions.jsonl"), "--outputs", str(place / "outputs")]
    assert "1 decisions" in CliRunner().invoke(main, command).output
    elsewhere = job.run_job([place / "corpus"], tmp_path / "elsewhere", place / "models", show=False)
    assert elsewhere.rows["agreements"] == 2
    assert elsewhere.rows["decisions"] == 1


def test_the_command_line_tells_differs_and_publishes(place, broken):
    run(place)
    broken()
    run(place)
    outputs = ["--outputs", str(place / "outputs")]
    told = CliRunner().invoke(main, ["diff", *outputs])
    assert (told.exit_code, "− Le ↔ Gamma  [lexicon: words.csv]" in told.output) == (0, True), told.output
    waiting = CliRunner().invoke(main, ["publish", *outputs, "--models", str(place / "models")])
    assert (waiting.exit_code, "wait for a person" in waiting.output) == (3, True)
    decide(place, accept)
    done = CliRunner().invoke(main, ["publish", *outputs, "--models", str(place / "models")])
    assert (done.exit_code, agreements(place)) == (0, 1), done.output
    first = Store(place / "outputs").history()[0].version_id
    assert CliRunner().invoke(main, ["publish", first, *outputs]).exit_code == 0
    assert agreements(place) == 2
    assert CliRunner().invoke(main, ["history", *outputs]).output.count("ver-") == 3
    assert CliRunner().invoke(main, ["diff", "ver-none", *outputs]).exit_code == 3


def test_two_models_folders_are_compared_without_staging(place, tmp_path):
    run(place)
    (tmp_path / "other").mkdir()
    before = Store(place / "outputs").staged()
    command = ["compare", "--corpus", str(place / "corpus"), "--outputs", str(place / "outputs"), "--models", str(place / "models")]
    told = CliRunner().invoke(main, [*command, "--with", str(tmp_path / "other")])
    assert (told.exit_code, "no change of a fact" in told.output) == (0, True), told.output
    assert Store(place / "outputs").staged() == before


def test_another_address_needs_a_token(place):
    told = CliRunner().invoke(main, ["review", "--host", "0.0.0.0", "--outputs", str(place / "outputs"), "--models", str(place / "models")])
    assert (told.exit_code, "--token" in told.output) == (2, True)


def test_dagster_waits_for_the_last_decision(place, broken):
    settings = Settings(corpora=[str(place / "corpus")], outputs=str(place / "outputs"), models=str(place / "models"))
    resources = {"settings": settings, "io_manager": dg.FilesystemIOManager(base_dir=str(place / "kept"))}

    def materialise(name, instance):
        return defs.resolve_job_def(name).execute_in_process(instance=instance, resources=resources, raise_on_error=False)

    def look(cursor=None):
        context = dg.build_sensor_context(cursor=cursor, resources={"settings": settings})
        return last_decision_in(context), context.cursor

    with dg.DagsterInstance.ephemeral() as instance:
        assert materialise("everything", instance).success
        assert isinstance(look()[0], dg.SkipReason)
        broken()
        result = materialise("everything", instance)
        assert result.success
        checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
        assert (checks["changes_decided"].passed, checks["changes_decided"].severity) == (False, dg.AssetCheckSeverity.WARN)
        assert result.asset_materializations_for_node("published") == []
        (event,) = result.asset_materializations_for_node("staged")
        assert event.metadata["changes waiting"].value == 1
        assert isinstance(look()[0], dg.SkipReason)
        decide(place, accept)
        found, cursor = look()
        assert len(found.run_requests) == 1
        assert isinstance(look(cursor)[0], dg.SkipReason)
        assert agreements(place) == 2
        assert materialise("publication", instance).success
    assert agreements(place) == 1


def test_dagster_publishes_what_may_pass_and_then_what_is_decided(place, broken, monkeypatch):
    settings = Settings(corpora=[str(place / "corpus")], outputs=str(place / "outputs"), models=str(place / "models"))
    resources = {"settings": settings, "io_manager": dg.FilesystemIOManager(base_dir=str(place / "kept"))}
    run(place)
    broken()
    (place / "corpus" / "Gamma2.txt").write_text(TEXT.format("Gamma", "Theta"))
    (place / "corpus" / "new.txt").write_text(TEXT.format("Epsilon", "Zeta"))
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("everything").execute_in_process(instance=instance, resources=resources)
    (event,) = [found for found in result.asset_materializations_for_node("published") if found.asset_key.path == ["published"]]
    assert (event.metadata["changes waiting"].value, agreements(place)) == (1, 3)
    assert event.metadata["version"].value == Store(place / "outputs").readable().version_id

    def look(cursor):
        context = dg.build_sensor_context(cursor=cursor, resources={"settings": settings})
        return last_decision_in(context), context.cursor

    lose_more(place, monkeypatch)
    first, cursor = look(None)
    assert isinstance(first, dg.SkipReason)
    second, cursor = look(cursor)
    assert len(second.run_requests) == 1
    assert isinstance(look(cursor)[0], dg.SkipReason)


def lose_more(place, monkeypatch):
    """Two facts are lost, one of the losses is accepted: the other goes on waiting."""
    good = stages.extract_documents
    monkeypatch.setattr(stages, "extract_documents", lambda documents, **options: map(without, good(documents, **options)))
    (place / "models" / "words.csv").write_text("broken more")
    run(place)
    desk = Desk(Store(place / "outputs"), stages.find_policy(place / "models"))
    assert len(desk.table.items) > 1
    log_of(place / "outputs").append(*accept(desk.table.items[0], desk.table, "Ada", "t"))


def without(found):
    """Facts without agreements."""
    return type(found)(**{**{name: getattr(found, name) for name in type(found).__slots__}, "agreements": ()})
