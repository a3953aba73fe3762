"""When the job runs by itself."""

import dagster as dg

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.groups("passerelle"),
    description="Read all sources, extract what is new, stage a version, check it, publish it.",
    executor_def=dg.in_process_executor,
)

publication = dg.define_asset_job(
    "publication",
    selection=dg.AssetSelection.assets("published", "observatory"),
    description="Publish what is staged, with the decisions made since; nothing is read or extracted.",
    executor_def=dg.in_process_executor,
)

every_morning = dg.ScheduleDefinition(
    name="every_morning",
    job=everything,
    cron_schedule="0 6 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Feeds and pages change without notice: everything is read each day at six.",
)
