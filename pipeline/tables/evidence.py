"""Rows that keep the words: evidence, refusals."""

from collections.abc import Iterable, Mapping

from pipeline.core.facts import Evidence, Refusal
from pipeline.core.ids import stable_id

Row = dict[str, object]


class Ledger:
    """Collects the words that state each fact, and the sentences that gave none."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self._evidence: dict[str, Row] = {}
        self._refusals: dict[str, Row] = {}

    def state(self, table: str, row_id: str, document_id: str, evidence: Iterable[Evidence]) -> None:
        """Note that a document states a row, in these words."""
        for item in evidence:
            span = item.span
            key = stable_id("evi", table, row_id, document_id, span.start, span.end, item.method)
            self._evidence[key] = {
                "evidence_id": key,
                "table_name": table,
                "row_id": row_id,
                "document_id": document_id,
                "char_start": span.start,
                "char_end": span.end,
                "quote": span.quote(self.texts[document_id]),
                "method": item.method,
                "confidence": item.confidence,
            }

    def refuse(self, document_id: str, refusal: Refusal) -> None:
        """Note a sentence that gave no fact, and why."""
        span = refusal.span
        key = stable_id("ref", document_id, span.start, span.end, refusal.trigger, refusal.reason)
        self._refusals[key] = {
            "refusal_id": key,
            "document_id": document_id,
            "char_start": span.start,
            "char_end": span.end,
            "quote": span.quote(self.texts[document_id]),
            "trigger": refusal.trigger,
            "reason": refusal.reason,
        }

    def rows(self) -> dict[str, list[Row]]:
        """The collected rows, by table."""
        return {"evidence": list(self._evidence.values()), "refusals": list(self._refusals.values())}
