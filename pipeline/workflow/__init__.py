"""The stages in order: `job` runs them as a plain function, the rest is what Dagster sees."""
