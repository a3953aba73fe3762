"""What the assets show in Dagster's catalogue: table schemas and previews."""

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg
import pandas as pd

from pipeline.core.schema import METADATA, type_name
from pipeline.tables.frames import Tables, records

PREVIEW_ROWS = 8
CELL = 80


def table_schema(name: str) -> dg.TableSchema:
    """Dagster's schema of a declared table."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                column.name,
                type=type_name(column),
                description=column.comment,
                constraints=dg.TableColumnConstraints(nullable=bool(column.nullable), unique=bool(column.unique)),
            )
            for column in METADATA.tables[name].columns
        ]
    )


def table_specs(above: str) -> list[dg.AssetSpec]:
    """One asset per declared table, behind the asset that publishes them."""
    return [
        dg.AssetSpec(
            key=["tables", table.name],
            deps=[above],
            group_name="tables",
            description=str(table.info["doc"]),
            metadata={"dagster/column_schema": table_schema(table.name)},
            kinds={"parquet", "sqlite"},
        )
        for table in METADATA.sorted_tables
    ]


def table_events(tables: Tables) -> list[dg.AssetMaterialization]:
    """What the published tables show: row count and first rows."""
    return [
        dg.AssetMaterialization(
            asset_key=["tables", name],
            metadata={
                "dagster/row_count": len(table),
                "preview": table_preview(name, table),
            },
        )
        for name, table in tables.items()
    ]


def table_preview(name: str, table: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """The first rows of a declared table."""
    return preview(records(name, table.head(PREVIEW_ROWS)), list(table.columns))


def preview(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(cell(row[column]) for column in columns) + " |" for row in rows]
    head = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return dg.MetadataValue.md("\n".join([*head, *lines]))


def cell(value: object) -> str:
    """A value on one line of a Markdown table; press text is not markup."""
    text = " ".join(("" if value is None else str(value)).split())
    short = text if len(text) <= CELL else text[: CELL - 1] + "…"
    return "".join(f"&#{ord(sign)};" if sign in "|<>&`*_[]\\" else sign for sign in short)
