"""Short texts in known languages, and loading a folder with everything that must hold of any load."""

from pathlib import Path

from pipeline.core.facts import Quarantined
from pipeline.core.ids import stable_id
from pipeline.documents import load_documents, load_sources
from pipeline.documents.load import Loaded

FRENCH = "Le pôle Novalim a signé hier à Rennes un protocole d'entente avec le réseau norvégien Fjordmat, pour une durée de deux ans.\n"
OTHER = "La grappe du textile a reçu une délégation de trois villes, sans rien signer : elle veut d'abord entendre ses adhérents.\n"
ENGLISH = "The cluster has signed a memorandum of understanding with its partner, and both will share their laboratories for two years.\n"


def load(folder: Path, **options: object) -> dict[str, Loaded]:
    found = list(load_documents(load_sources(folder), **options))  # type: ignore[arg-type]
    assert len({one.document_id for one in found}) == len(found)
    assert all(one.document_id == stable_id("doc", one.source_uri) for one in found)
    return {one.source_uri: one for one in found}


def reason(found: Loaded) -> str:
    assert isinstance(found, Quarantined), found
    return found.reason
