"""Cuts what stands around a press text: menus, share buttons, comment forms, credits, teasers, repeated headings.

Works line by line with the patterns of `models/documents/boilerplate.yaml`; a line that no pattern claims stays.
"""

import re
from collections.abc import Iterable, Iterator

from pipeline.documents.rules import Rules, compiled

PARTS = re.compile(r"\s*[|•·>›»\[\]/→]\s*|\s{3,}|\t")
BULLET = re.compile(r"^\s*(?:[-–—•·*▪►✓]|\d{1,2}[.)/]|[a-z]\))\s+")
TEASER_LENGTH = 140
LONGEST_LINE = 400
HEAD_LINES = 12
PROSE_END = (".", "!", "?", "…", ":", ";", "»")


def cut_boilerplate(text: str, *, rules: Rules) -> str:
    """The text without its boilerplate lines.

    Args:
        text: normalised text, lines ended by `\\n`.
        rules: the patterns of boilerplate.

    Returns:
        The remaining lines, spaces at their ends and blank lines beyond one removed.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    kept = drop_repeats(line for line in drop_teasers(lines, rules) if not is_boilerplate(line, rules))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def is_boilerplate(line: str, rules: Rules) -> bool:
    """Whether a line is boilerplate beyond doubt; a blank line is not."""
    plain = line.replace("’", "'").strip()
    if not plain or len(plain) > LONGEST_LINE:
        return False
    return compiled(rules, "line").fullmatch(plain) is not None or is_menu(plain, rules)


def is_menu(plain: str, rules: Rules) -> bool:
    """Whether a line consists of entries of a menu only."""
    parts = [part.strip("-*–# ") for part in PARTS.split(plain)]
    word = compiled(rules, "word")
    return any(parts) and all(word.fullmatch(part) for part in parts if part)


def drop_teasers(lines: list[str], rules: Rules) -> Iterator[str]:
    """Lines without the headings that open a list of other articles, and without that list."""
    opener = compiled(rules, "opener")
    index = 0
    while index < len(lines):
        if opener.fullmatch(lines[index].replace("’", "'").strip()):
            index = teasers_end(lines, index + 1)
        else:
            yield lines[index]
            index += 1


def teasers_end(lines: list[str], index: int) -> int:
    """Index of the first line after a teaser heading that is no teaser: short lines right below it, or bullets after one blank line."""
    gap = index < len(lines) and not lines[index].strip()
    start = index + 1 if gap else index
    end = start
    while end < len(lines) and is_teaser(lines[end], bullets_only=gap):
        end += 1
    return end if end > start else index


def is_teaser(line: str, *, bullets_only: bool) -> bool:
    """Whether a line below a teaser heading looks like the title of another article."""
    words = line.strip()
    if not words or len(words) > TEASER_LENGTH:
        return False
    return BULLET.match(line) is not None if bullets_only else not words.endswith(PROSE_END)


def drop_repeats(lines: Iterable[str]) -> Iterator[str]:
    """Lines without a heading that repeats the line before it, or the first line of the text near its top."""
    first, last, shown = "", "", 0
    for line in lines:
        key = " ".join(line.casefold().split())
        if key and is_heading(line) and (key == last or (key == first and shown < HEAD_LINES)):
            continue
        if key:
            first, last, shown = first or key, key, shown + 1
        yield line


def is_heading(line: str) -> bool:
    """Whether a line may be a heading: no bullet, no table row, more than a few characters."""
    return BULLET.match(line) is None and not re.search(r"\t|\|", line) and len(line.strip()) > 3


def find_title(text: str, *, rules: Rules, longest: int = 200) -> str | None:
    """The first heading line of a cleaned text.

    Args:
        text: cleaned text.
        rules: what a title cannot be.
        longest: more code points than this make a paragraph, not a title.

    Returns:
        The title, None when the text begins with prose or a list.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()][:HEAD_LINES]
    while lines and cannot_be_title(lines, rules):
        lines.pop(0)
    return lines[0] if lines and may_be_title(lines[0], longest) else None


def cannot_be_title(lines: list[str], rules: Rules) -> bool:
    """Whether the first line is a date, a kicker, or a rubric of one or two words in capitals above another heading."""
    if compiled(rules, "not_title").fullmatch(lines[0].replace("’", "'")):
        return True
    rubric = lines[0].isupper() and len(lines[0].split()) <= 2
    return rubric and len(lines) > 1 and may_be_title(lines[1], TEASER_LENGTH) and not re.search(r"\d", lines[1])


def may_be_title(line: str, longest: int) -> bool:
    """Whether a line has the length and the end of a heading."""
    return len(line) <= longest and is_heading(line) and not line.endswith((".", ";", ","))
