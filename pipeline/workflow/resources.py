"""Where the assets read and write: paths, from the environment or the working folder."""

import os
from pathlib import Path

import dagster as dg

from pipeline.core.lexicon import MODELS
from pipeline.versions.store import Store
from pipeline.workflow.stages import find_judgements


class Settings(dg.ConfigurableResource[None]):
    """Paths and thresholds of a run; relative paths count from the folder in which Dagster was started."""

    corpora: list[str]
    outputs: str = "outputs"
    models: str = str(MODELS)
    judgements: str | None = None
    workers: int = 1
    accept_counts: bool = False
    publish: str = "review"
    source_retries: int = 3
    source_wait: float = 20.0

    @classmethod
    def from_environment(cls) -> "Settings":
        """Settings with the paths that `PASSERELLE_CORPUS` (several as in PATH), `PASSERELLE_OUTPUTS`, `PASSERELLE_MODELS` name."""
        return cls(
            corpora=os.environ.get("PASSERELLE_CORPUS", "corpus").split(os.pathsep),
            outputs=os.environ.get("PASSERELLE_OUTPUTS", "outputs"),
            models=os.environ.get("PASSERELLE_MODELS", str(MODELS)),
        )

    @property
    def corpus_paths(self) -> tuple[Path, ...]:
        """The corpora."""
        return tuple(map(Path, self.corpora))

    @property
    def models_path(self) -> Path:
        """The models folder."""
        return Path(self.models)

    @property
    def judgements_path(self) -> Path | None:
        """The file of people's judgements on names."""
        return Path(self.judgements) if self.judgements else find_judgements(self.corpus_paths)

    @property
    def store(self) -> Store:
        """The versions below outputs."""
        return Store(Path(self.outputs))
