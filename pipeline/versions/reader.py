"""Run by path, under the code and beside the models of whatever version: documents as JSON on standard input → facts on standard output.

Of the project it imports only what every version has: documents in, facts out. A document that cannot be extracted states nothing.
"""

import sys
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.core.errors import DocumentError
from pipeline.core.facts import Document, DocumentFacts
from pipeline.extraction.engine import extract_documents


def read(document: Document) -> DocumentFacts:
    """Facts of one document."""
    try:
        (facts,) = extract_documents((document,))
    except DocumentError:
        return DocumentFacts(document.document_id)
    return facts


def main(bench: Path) -> None:
    """Read what comes in.

    Args:
        bench: the folder that holds the code and the models.
    """
    used = Path(sys.modules["pipeline.extraction.engine"].__file__ or "").resolve()
    if not used.is_relative_to(bench.resolve()):
        raise ImportError(f"{used} is imported in place of the code in {bench}")
    documents = TypeAdapter(list[Document]).validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(TypeAdapter(list[DocumentFacts]).dump_json([read(document) for document in documents]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
