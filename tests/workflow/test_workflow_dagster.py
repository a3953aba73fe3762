"""The same stages as Dagster runs them: materialised, checked, blocked, scheduled and sensed, on real files with quick rooms."""

import dagster as dg
import pytest
import quick_rooms

from pipeline.core.schema import column_names, table_names
from pipeline.definitions import defs
from pipeline.versions.files import file_hash
from pipeline.versions.store import Store
from pipeline.workflow import stages
from pipeline.workflow.resources import Settings
from pipeline.workflow.sensors import documents_arrived
from pipeline.workflow.shown import cell

TEXT = "Le cluster {} a signé hier un accord de partenariat avec le pôle Beta, dans la région et pour les entreprises."


@pytest.fixture
def place(tmp_path, monkeypatch):
    quick_rooms.install(monkeypatch.setattr)
    for folder in ("corpus", "models"):
        (tmp_path / folder).mkdir()
    (tmp_path / "corpus" / "one.txt").write_text(TEXT.format("Alpha"))
    return tmp_path


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def settings(place, **values):
    return Settings(corpora=[str(place / "corpus")], outputs=str(place / "outputs"), models=str(place / "models"), **values)


def materialise(place, instance, **values):
    job = defs.resolve_job_def("everything")
    return job.execute_in_process(
        instance=instance, resources={"settings": settings(place, **values), "io_manager": dg.mem_io_manager}, raise_on_error=False
    )


def shown(result, asset):
    (event,) = result.asset_materializations_for_node(asset)[-1:]
    return {name: value.value for name, value in event.metadata.items()}


def test_what_dagster_sees():
    assets = {key.to_user_string() for key in defs.resolve_all_asset_keys()}
    tables = {f"tables/{name}" for name in table_names()}
    assert assets == {"documents", "facts", "resolution", "staged", "published", "observatory", *tables}
    assert [job.name for job in defs.jobs] == ["everything", "publication"]
    (schedule,) = defs.schedules
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "Europe/Paris")
    specs = {key.to_user_string(): spec for key, spec in {spec.key: spec for spec in defs.resolve_all_asset_specs()}.items()}
    assert all(spec.description for spec in specs.values())
    schema = specs["tables/agreements"].metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == column_names("agreements")


def test_all_stages_end_in_published_tables(place, instance):
    result = materialise(place, instance)
    assert result.success
    assert Store(place / "outputs").published().version_id == shown(result, "published")["version"]
    assert shown(result, "facts")["extracted"] == 1
    assert "documents per second" in shown(result, "facts")
    assert "| agreements | 1 |" in shown(result, "staged")["rows per table"]
    event = instance.get_latest_materialization_event(dg.AssetKey(["tables", "agreements"]))
    assert event.asset_materialization.metadata["dagster/row_count"].value == 1


def test_the_second_run_extracts_nothing(place, instance):
    materialise(place, instance)
    before = file_hash(place / "outputs" / "passerelle.db")
    second = shown(materialise(place, instance), "facts")
    assert (second["extracted"], second["unchanged"]) == (0, 1)
    assert file_hash(place / "outputs" / "passerelle.db") == before


def test_a_planted_fault_fails_its_check_and_blocks_publishing(place, instance, monkeypatch):
    materialise(place, instance)
    before = file_hash(place / "outputs" / "passerelle.db")
    good = stages.build_tables

    def faulty(*rooms):
        tables = good(*rooms)
        tables["mentions"].loc[0, "char_start"] += 1
        return tables

    monkeypatch.setattr(stages, "build_tables", faulty)
    result = materialise(place, instance)
    assert not result.success
    assert [check.check_name for check in result.get_asset_check_evaluations() if not check.passed] == ["quotes_match"]
    assert result.asset_materializations_for_node("staged")
    assert not result.asset_materializations_for_node("published")
    assert file_hash(place / "outputs" / "passerelle.db") == before


def test_a_source_that_fails_is_tried_again_and_then_told(place, instance):
    (place / "corpus" / "sources.yaml").write_text(
        "sources:\n- {name: gone, kind: folder, path: gone}\n- {name: here, kind: folder, path: .}\n"
    )
    result = materialise(place, instance, source_retries=2, source_wait=0.0)
    assert result.success
    assert len([event for event in result.all_events if event.event_type_value == "STEP_RESTARTED"]) == 2
    (told,) = [check for check in result.get_asset_check_evaluations() if check.check_name == "sources_read"]
    assert not told.passed
    assert "gone" in told.description


def look(place, instance, cursor):
    """One look of the sensor: the run requests, and the cursor that it leaves."""
    with dg.build_sensor_context(instance=instance, cursor=cursor, resources={"settings": settings(place)}) as context:
        tick = documents_arrived(context)
        requests = tick.run_requests if isinstance(tick, dg.SensorResult) else []
        return len(requests), tick.cursor if isinstance(tick, dg.SensorResult) else context.cursor


def test_the_sensor_starts_one_run_when_arrived_files_rest(place, instance):
    first, cursor = look(place, instance, None)
    second, cursor = look(place, instance, cursor)
    third, cursor = look(place, instance, cursor)
    assert (first, second, third) == (0, 1, 0)
    (place / "corpus" / "two.txt").write_text(TEXT.format("Gamma"))
    first, cursor = look(place, instance, cursor)
    (place / "corpus" / "two.txt").write_text(TEXT.format("Gamma") + " Fin.")
    second, cursor = look(place, instance, cursor)
    third, cursor = look(place, instance, cursor)
    assert (first, second, third) == (0, 0, 1)


def test_press_text_is_no_markup_in_previews():
    assert cell("<script>| `x` & [a](b)") == "&#60;script&#62;&#124; &#96;x&#96; &#38; &#91;a&#93;(b)"
    assert len(cell("a" * 200)) == 80
