"""The Dagster entry point: `dagster dev -m pipeline.definitions`."""

import dagster as dg

from pipeline.workflow.assets import ASSETS
from pipeline.workflow.checks import CHECKS
from pipeline.workflow.resources import Settings
from pipeline.workflow.schedules import every_morning, everything, publication
from pipeline.workflow.sensors import documents_arrived, last_decision_in

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[everything, publication],
    schedules=[every_morning],
    sensors=[documents_arrived, last_decision_in],
    resources={"settings": Settings.from_environment()},
    executor=dg.in_process_executor,
)
