"""From the entity keys of single documents to the ids of rows."""

from collections.abc import Sequence

from pipeline.resolution import Resolution


class Links:
    """Looks up what an entity key of a document became, table by table."""

    def __init__(self, resolution: Resolution) -> None:
        self.resolution = resolution
        self._tables = {
            **{entity.id: "organisations" for entity in resolution.organisations},
            **{entity.id: "projects" for entity in resolution.projects},
            **{entity.id: "programmes" for entity in resolution.programmes},
        }

    def row(self, document_id: str, entity_key: str) -> tuple[str, str] | None:
        """Table and id of the row that an entity key stands for, None for places and the like."""
        row_id = self.resolution.id_of(document_id, entity_key)
        return (self._tables[row_id], row_id) if row_id in self._tables else None

    def _in(self, table: str, document_id: str, entity_key: str | None) -> str | None:
        row = self.row(document_id, entity_key) if entity_key is not None else None
        return row[1] if row and row[0] == table else None

    def organisation(self, document_id: str, entity_key: str | None) -> str | None:
        """The organisation that an entity key stands for, if it is one."""
        return self._in("organisations", document_id, entity_key)

    def project(self, document_id: str, entity_key: str | None) -> str | None:
        """The project that an entity key stands for, if it is one."""
        return self._in("projects", document_id, entity_key)

    def programme(self, document_id: str, entity_key: str | None) -> str | None:
        """The programme that an entity key stands for, if it is one."""
        return self._in("programmes", document_id, entity_key)

    def organisations(self, document_id: str, entity_keys: Sequence[str]) -> tuple[str, ...]:
        """The organisations that several entity keys stand for, sorted, each once."""
        return tuple(sorted({row for key in entity_keys if (row := self.organisation(document_id, key))}))
