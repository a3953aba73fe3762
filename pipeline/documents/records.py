"""JSON and JSON lines → raw documents.

Fields that are read: `text` or `html` (one of them, a string, is required), and `title`, `url`, `date`, `publisher`, `language`, `id` (all
optional). Others are passed over. A `.json` file holds one such object or a list of them. The document's address is `id`, else `url`, else
the file and the number of the line or entry: `folder/file.jsonl#12`.
"""

import codecs
import json
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any

from pipeline.core.facts import Quarantined
from pipeline.documents.decode import decode
from pipeline.documents.raw import RawDocument, set_aside
from pipeline.documents.rules import Rules

FIELDS = ("title", "url", "date", "publisher", "language")


def read_json(source_uri: str, content: bytes, *, rules: Rules) -> Iterator[RawDocument | Quarantined]:
    """Documents of one `.json` file.

    Args:
        source_uri: address of the file.
        content: its bytes.
        rules: how its encoding is told.

    Raises:
        DocumentError: the bytes are no text.
    """
    value = parse(decode(content, encodings=rules.thresholds.encodings))
    if isinstance(value, str):
        yield set_aside(source_uri, value, content)
    elif isinstance(value[0], list):
        for number, entry in enumerate(value[0], start=1):
            yield record(f"{source_uri}#{number}", entry, json.dumps(entry, sort_keys=True).encode())
    else:
        yield record(source_uri, value[0], content)


def read_lines(source_uri: str, stream: BufferedIOBase, *, rules: Rules) -> Iterator[RawDocument | Quarantined]:
    """Documents of one `.jsonl` file, a line each; blank lines are passed over.

    Args:
        source_uri: address of the file.
        stream: its bytes, read line by line.
        rules: the size limit of a line and how its encoding is told.
    """
    for number, (line, whole) in enumerate(byte_lines(stream, rules.thresholds.limits.max_bytes), start=1):
        where = f"{source_uri}#{number}"
        if not whole:
            yield set_aside(where, f"line {number} is larger than the limit of {rules.thresholds.limits.max_bytes:,} bytes", line)
        elif line.strip():
            yield read_line(where, line.rstrip(b"\r\n"), number, rules)


def read_line(where: str, line: bytes, number: int, rules: Rules) -> RawDocument | Quarantined:
    """The document of one line.

    Raises:
        DocumentError: the bytes are no text.
    """
    value = parse(decode(line, encodings=rules.thresholds.encodings), first_line=number)
    return set_aside(where, value, line) if isinstance(value, str) else record(where, value[0], line)


def byte_lines(stream: BufferedIOBase, longest: int) -> Iterator[tuple[bytes, bool]]:
    """Lines and whether each is whole; the rest of one longer than `longest` is skipped. A UTF-16 file is read as UTF-8."""
    start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        name = "utf-16-le" if start == codecs.BOM_UTF16_LE else "utf-16-be"
        yield from ((line.encode("utf-8", "surrogatepass"), len(line) <= longest) for line in codecs.getreader(name)(stream))
        return
    while line := start + stream.readline(longest + 1 - len(start)):
        start = b""
        whole = len(line) <= longest
        rest = line
        while not whole and rest and not rest.endswith(b"\n"):
            rest = stream.readline(longest)
        yield line, whole


def parse(text: str, *, first_line: int = 1) -> tuple[Any] | str:
    """The JSON value in a tuple, or why there is none, with line and column."""
    try:
        return (json.loads(text),)
    except json.JSONDecodeError as error:
        return f"broken JSON at line {error.lineno + first_line - 1}, column {error.colno}: {error.msg}"
    except RecursionError:
        return "broken JSON: nested too deeply"


def record(where: str, value: Any, content: bytes) -> RawDocument | Quarantined:
    """The document of one JSON object."""
    if not isinstance(value, dict):
        return set_aside(where, f"not a JSON object but {type(value).__name__}: a document needs a field text or html", content)
    body = value.get("text") or value.get("html")
    if not isinstance(body, str):
        shown = ", ".join(list(map(str, value))[:8]) or "none"
        return set_aside(where, f"the JSON object has no field text or html that is a string (its fields: {shown})", content)
    wrong = [name for name in FIELDS if not isinstance(value.get(name), str | None)]
    if wrong:
        return set_aside(where, f"the field {wrong[0]} is not a string", content)
    return RawDocument(
        source_uri=address(value, where),
        content=content,
        form="text" if value.get("text") else "html",
        body=body,
        title=value.get("title"),
        url=value.get("url"),
        published_on=value.get("date"),
        publisher=value.get("publisher"),
        language=value.get("language"),
    )


def address(value: dict[str, Any], where: str) -> str:
    """What identifies a record: its `id`, else its `url`, else where it stands."""
    name = value.get("id") if isinstance(value.get("id"), str | int) else None
    chosen = str(name if name not in (None, "") else value.get("url") or where)
    return chosen.encode("utf-8", "backslashreplace").decode()
