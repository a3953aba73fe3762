"""A diff for people and programs: text, Markdown for a pull request, JSON, one self-contained HTML page."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache

import jinja2

from pipeline.versions.again import Again
from pipeline.versions.causes import Causes
from pipeline.versions.describe import Cell, cells, title
from pipeline.versions.diff import Change, Kind, diff_versions
from pipeline.versions.statements import QUOTE, Statements, diff_facts
from pipeline.versions.store import Version

MOST = 200
"""Changes of one table that a report for people lists; JSON has all."""

SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "−", Kind.CHANGED: "~"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a fact as a report shows it."""

    table: str
    kind: Kind
    row_id: str
    title: str
    cells: tuple[Cell, ...]
    cause: str
    detail: str
    sure: bool
    old_quote: str | None = None
    new_quote: str | None = None

    @property
    def sign(self) -> str:
        """One sign for what happened."""
        return SIGNS[self.kind]


@dataclass(frozen=True)
class Report:
    """What differs between two versions: rows per table, and every change of a fact with its cause."""

    base: str
    head: str
    counts: Mapping[str, Mapping[Kind, int]]
    entries: Sequence[Entry]

    @property
    def causes(self) -> dict[str, int]:
        """Changes of facts by cause, the most frequent first."""
        found: dict[str, int] = {}
        for entry in self.entries:
            found[entry.cause] = found.get(entry.cause, 0) + 1
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def by_table(self) -> Iterator[tuple[str, list[Entry], int]]:
        """Tables of facts that changed, their first changes, and how many are left out."""
        for table in dict.fromkeys(entry.table for entry in self.entries):
            entries = [entry for entry in self.entries if entry.table == table]
            yield table, entries[:MOST], max(len(entries) - MOST, 0)


def report_versions(base: Version, head: Version, again: Again | None = None) -> Report:
    """Compare two versions on disk and explain every change of a fact.

    Args:
        base: the earlier version.
        head: the later version.
        again: what extracts again where more than one part moved; None leaves the recorded hashes to tell.

    Raises:
        VersionError: a version lacks a table, or keys are doubled or null.
    """
    diff = diff_versions(base, head)
    counts = {name: table.counts for name, table in diff.tables.items() if any(table.counts.values())}
    if not counts:
        return Report(base.version_id, head.version_id, {}, ())
    old, new = Statements(base.tables()), Statements(head.tables())
    causes = Causes(old, new, base.manifest.inputs, head.manifest.inputs, decided(new), again, held=base.held)
    return Report(base.version_id, head.version_id, counts, entries(old, new, causes))


def decided(statements: Statements) -> set[tuple[str, str]]:
    """The facts of a version on which a decision stands that makes them other than extracted."""
    table = statements.tables["decisions"]
    rows = zip(table["table_name"], table["row_id"], table["verdict"], table["state"], strict=True)
    return {(name, row) for name, row, verdict, state in rows if state == "standing" and verdict in ("reject", "correct", "add")}


def entries(old: Statements, new: Statements, causes: Causes) -> list[Entry]:
    """Every change of a fact, explained."""
    names = {**old.names, **new.names}
    return [entry_of(change, causes, names) for change in diff_facts(old, new).changes()]


def entry_of(change: Change, causes: Causes, names: Mapping[str, str]) -> Entry:
    """One change, explained."""
    reason = causes.of(change)
    return Entry(
        change.table, change.kind, change.row_id, title(change.table, change.row, names), tuple(cells(change, names)),
        reason.cause.value, reason.detail, reason.sure, change.old.get(QUOTE), change.new.get(QUOTE),
    )  # fmt: skip


def as_text(report: Report) -> str:
    """For a terminal."""
    return "\n".join(text_lines(report)) + "\n"


def text_lines(report: Report) -> Iterator[str]:
    """The lines of `as_text`."""
    yield f"{report.base} → {report.head}: {summary(report)}"
    yield from (f"  {name:22} {counted(counts)}" for name, counts in report.counts.items())
    for table, found, left in report.by_table():
        yield f"\n{table}"
        for entry in found:
            yield f"  {entry.sign} {entry.title}  [{entry.cause}{'' if entry.sure else '?'}: {entry.detail}]"
            if entry.kind is Kind.CHANGED:
                yield from (f"      {cell.column}: {cell.old} → {cell.new}" for cell in entry.cells)
        if left:
            yield f"  … and {left} more (--format json has all)"


def counted(counts: Mapping[Kind, int]) -> str:
    """Counts with their signs."""
    return " ".join(f"{SIGNS[kind]}{count}" for kind, count in counts.items() if count)


def summary(report: Report) -> str:
    """One line: how many facts changed, and why."""
    causes = ", ".join(f"{cause} {count}" for cause, count in report.causes.items())
    return f"{len(report.entries)} changes of facts ({causes})" if report.entries else "no change of a fact"


def as_markdown(report: Report) -> str:
    """For a pull request; press text is not markup."""
    lines = [f"### `{report.base}` → `{report.head}`", "", summary(report).capitalize() + ".", ""]
    if report.counts:
        lines += ["| table | rows |", "| --- | --- |", *(f"| {name} | {counted(counts)} |" for name, counts in report.counts.items()), ""]
    for table, found, left in report.by_table():
        lines += [f"#### {table}", "", "| | fact | columns | cause |", "| --- | --- | --- | --- |"]
        lines += [markdown_row(entry) for entry in found] + [f"| | … and {left} more | | |"] * bool(left) + [""]
    return "\n".join(lines)


def markdown_row(entry: Entry) -> str:
    """One change as a row of a Markdown table."""
    columns = "<br>".join(f"{plain(cell.column)}: {plain(cell.old)} → {plain(cell.new)}" for cell in entry.cells)
    shown = columns if entry.kind is Kind.CHANGED else ""
    return f"| {entry.sign} | {plain(entry.title)} | {shown} | {entry.cause}{'' if entry.sure else '?'}: {plain(entry.detail)} |"


def plain(text: str | None) -> str:
    """A text on one line, signs of markup as character references."""
    line = " ".join((text or "–").split())
    return "".join(f"&#{ord(sign)};" if sign in "|<>&`*_[]\\@#" else sign for sign in line)


def as_json(report: Report) -> str:
    """For programs: everything."""
    whole = {"base": report.base, "head": report.head, "rows": report.counts, "causes": report.causes}
    return json.dumps({**whole, "changes": [asdict(entry) for entry in report.entries]}, ensure_ascii=False, indent=1) + "\n"


def as_html(report: Report) -> str:
    """One page that needs nothing else."""
    return environment().get_template("diff.html").render(report=report, summary=summary(report), counted=counted, kinds=list(Kind))


@cache
def environment() -> jinja2.Environment:
    """Templates of this room; every text is escaped."""
    loader = jinja2.PackageLoader("pipeline.versions")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


FORMATS: Mapping[str, Callable[[Report], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json, "html": as_html}
