"""Extraction with parts of whatever versions, in a process of its own: code beside lists and models in a folder that goes afterwards."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter, ValidationError

from pipeline.core.errors import VersionError
from pipeline.core.facts import Document, DocumentFacts
from pipeline.extraction.parts import PARTS
from pipeline.versions import reader
from pipeline.versions.parts import Parts

FACTS = TypeAdapter(list[DocumentFacts])
DOCUMENTS = TypeAdapter(list[Document])


class SlowError(VersionError):
    """It took longer than allowed; another time it may not."""


def extract_with(parts: Parts, recipe: Mapping[str, str], documents: Sequence[Document], *, seconds: float) -> list[DocumentFacts]:
    """Facts of some documents, in order.

    Args:
        parts: where the parts are kept.
        recipe: hash of each part to extract with.
        documents: cleaned texts.
        seconds: how long it may take.

    Raises:
        VersionError: a part is not kept or broken, these parts do not work together, or it takes too long; the message is one line.
    """
    with TemporaryDirectory(prefix="passerelle-") as name:
        bench = Path(name)
        for part in PARTS:
            parts.lay(recipe[part], bench)
        answer = run_reader(bench, DOCUMENTS.dump_json(list(documents)), seconds)
    return understood(answer, documents)


def run_reader(bench: Path, documents: bytes, seconds: float) -> bytes:
    """What the code on a bench says."""
    command = [sys.executable, "-P", str(reader.__file__), str(bench)]
    environment = {**os.environ, "PYTHONPATH": str(bench), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, input=documents, capture_output=True, cwd=bench, env=environment, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise SlowError(f"extracting again took more than {seconds:.0f} s") from error
    if done.returncode:
        raise VersionError(f"extracting again failed ({last_line(done.stderr)})")
    return done.stdout


def last_line(told: bytes) -> str:
    """The last line of an error's trace, cut where it grows long."""
    lines = told.decode("utf-8", "replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "without a word")


def understood(answer: bytes, documents: Sequence[Document]) -> list[DocumentFacts]:
    """The facts that the present code understands, one of each document in order."""
    try:
        facts = FACTS.validate_json(answer)
    except ValidationError as error:
        raise VersionError(f"the other code's facts are of another form ({error.errors()[0]['msg']})") from error
    if [found.document_id for found in facts] != [document.document_id for document in documents]:
        raise VersionError("the other code's facts are of other documents")
    return facts
