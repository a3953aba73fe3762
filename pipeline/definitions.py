"""The Dagster entry point: `dagster dev -m pipeline.definitions`."""

import dagster as dg

from pipeline.workflow.assets import ASSETS
from pipeline.workflow.checks import CHECKS
from pipeline.workflow.resources import Settings
from pipeline.workflow.schedules import every_morning, everything
from pipeline.workflow.sensors import documents_arrived

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[everything],
    schedules=[every_morning],
    sensors=[documents_arrived],
    resources={"settings": Settings.from_environment()},
    executor=dg.in_process_executor,
)
