"""What a published version holds back and why, kept with it: the next comparison begins from there, not from what moved since."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.core.errors import VersionError

FILE = "held.json"
"""Beside the tables of a version that holds something back."""


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A change of a fact that readers do not see yet, with the cause that it had when it was held back first."""

    table: str
    row_id: str
    change: str
    cause: str
    detail: str
    sure: bool

    @property
    def fact(self) -> tuple[str, str]:
        """What it is about."""
        return self.table, self.row_id


def to_text(changes: Iterable[HeldChange]) -> str:
    """The content of the file."""
    rows = sorted((asdict(change) for change in changes), key=lambda row: (row["table"], row["row_id"]))
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def held_back(folder: Path) -> Mapping[tuple[str, str], HeldChange]:
    """What a version holds back, by fact; nothing where it has no such file.

    Raises:
        VersionError: the file is not what was written.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        changes = [HeldChange(**row) for row in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError) as error:
        raise VersionError(f"{path}: not what was written ({error}): remove {folder}, run again") from error
    return {change.fact: change for change in changes}
