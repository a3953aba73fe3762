"""What starts the job when something happens."""

import dagster as dg

from pipeline.versions.decisions import log_of
from pipeline.workflow.checks import waits, what_waits
from pipeline.workflow.resources import Settings
from pipeline.workflow.schedules import everything, publication
from pipeline.workflow.stages import corpus_fingerprint

INTERVAL = 15
"""Seconds between two looks at the folders."""


@dg.sensor(job=everything, minimum_interval_seconds=INTERVAL, default_status=dg.DefaultSensorStatus.RUNNING)
def documents_arrived(context: dg.SensorEvaluationContext, settings: Settings) -> dg.SensorResult | dg.SkipReason:
    """Starts the job when files arrive, change or go; waits until a look finds the same files as the look before.

    The cursor holds the fingerprint of the files that the last run was started for, and of those seen at the last look.
    """
    done, _, pending = (context.cursor or "|").partition("|")
    now = corpus_fingerprint(settings.corpus_paths)[:16]
    if now == done:
        return dg.SkipReason("no file arrived, changed or went")
    if now != pending:
        context.update_cursor(f"{done}|{now}")
        return dg.SkipReason("files are arriving: waiting until they rest")
    return dg.SensorResult(run_requests=[dg.RunRequest(tags={"passerelle/corpus": now})], cursor=f"{now}|{now}")


@dg.sensor(job=publication, minimum_interval_seconds=INTERVAL, default_status=dg.DefaultSensorStatus.RUNNING)
def last_decision_in(context: dg.SensorEvaluationContext, settings: Settings) -> dg.SensorResult | dg.SkipReason:
    """Publishes what people decided: at once when the last decision is in, else when nobody has decided anything between two looks.

    The cursor holds the versions and the decision that were published last, and those that the last look has seen.
    """
    store = settings.store
    staged, now = store.staged(), store.published()
    if staged is None or now is None or staged == now:
        return dg.SkipReason("nothing is staged that readers do not see")
    number = log_of(store.outputs).last
    done, _, pending = (context.cursor or "|").partition("|")
    seen = f"{now.version_id} {staged.version_id} {number}"
    if seen == done or not number:
        return dg.SkipReason("nobody has decided anything since the last look")
    judgement = what_waits(settings)
    if judgement and not judgement.free and seen != pending:
        context.update_cursor(f"{done}|{seen}")
        return dg.SkipReason(f"{waits(judgement)}; waiting until nobody decides any more")
    context.update_cursor(f"{seen}|{seen}")
    if judgement and not judgement.passing and not judgement.free:
        return dg.SkipReason(waits(judgement))
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=seen)], cursor=f"{seen}|{seen}")
