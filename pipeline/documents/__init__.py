"""Sources → cleaned text in a known language.

`sources` says where documents are, `load_documents` reads, decodes, cleans and identifies them. What cannot be used comes out as
`Quarantined` with a reason; nothing is dropped in silence.
"""

from pipeline.documents.load import content_key, load_documents
from pipeline.documents.rules import Rules, read_rules
from pipeline.documents.sources import Source, expected, fingerprint, load_sources, read_source

__all__ = ["Rules", "Source", "content_key", "expected", "fingerprint", "load_documents", "load_sources", "read_rules", "read_source"]
