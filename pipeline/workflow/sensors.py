"""What starts the job when something happens."""

import dagster as dg

from pipeline.workflow.resources import Settings
from pipeline.workflow.schedules import everything
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
