"""The words of the date grammar, read from `models/dates/`.

`atoms.csv` says what each word is (`kind`) and what it is worth (`value`); the grammar knows kinds only.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.core.errors import LexiconError
from pipeline.extraction.dates.folding import fold_word

MODELS = Path(__file__).resolve().parents[3] / "models" / "dates"

CLASSES = {
    "month": "M", "month_short": "m", "sept": "s", "mar": "r", "month_english": "e", "weekday": "W", "weekday_short": "w",
    "season": "S", "unit_year": "1", "unit_month": "2", "unit_week": "3", "unit_day": "4", "unit_quarter": "5", "unit_half": "6",
    "unit_century": "7", "unit_decade": "8", "period": "9", "year_noun": "0", "article": "l", "this": "c", "one": "u", "of": "D",
    "to": "A", "in": "N", "between": "B", "and": "K", "until": "J", "since": "I", "within": "z", "before": "g", "after": "k",
    "from": "E", "ici": "i", "start": "b", "mid": "b", "end": "b", "current": "C", "last": "p", "next": "P", "following": "f",
    "preceding": "F", "yesterday": "H", "tomorrow": "H", "today": "H", "eve": "V", "morrow": "V", "weekend": "L", "week_word": "j",
    "end_word": "v", "half": "h", "approx": "R", "near": "X", "more": "X", "less": "X", "each": "T", "number": "n", "about_number": "G",
    "ordinal": "o", "preposition": "O", "late": "U", "back_to_school": "a", "feast": "y",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Atom:
    """One word of `atoms.csv`: what it is, what it is worth, and sentences in which it does and does not make a date."""

    id: str
    kind: str
    form: str
    value: str
    source: str
    hits: str
    misses: str

    @property
    def code(self) -> str:
        """The letter that stands for the word's kind in the grammar."""
        return CLASSES[self.kind]


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of one list with their line numbers; a LexiconError names the file and the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); it belongs to the installed models") from error
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != columns:
        raise LexiconError(f"{path}: line 1: expected the columns {','.join(columns)}")
    for number, row in enumerate(reader, 2):
        if None in row or None in row.values():
            raise LexiconError(f"{path}: line {number}: expected {len(columns)} fields")
        yield number, row


def _atom(path: Path, number: int, row: dict[str, str]) -> Atom:
    atom = Atom(**row)
    if atom.kind not in CLASSES:
        raise LexiconError(f"{path}: line {number}: unknown kind {atom.kind!r}; known: {', '.join(sorted(CLASSES))}")
    if not atom.form:
        raise LexiconError(f"{path}: line {number}: a form is missing")
    return atom


@cache
def load_atoms(folder: Path = MODELS) -> dict[str, Atom]:
    """Every word of `atoms.csv` by its folded form; two entries of one form are a LexiconError."""
    path, atoms = folder / "atoms.csv", dict[str, Atom]()
    for number, row in read_rows(path, tuple(Atom.__slots__)):
        atom = _atom(path, number, row)
        key = fold_word(atom.form)
        if key in atoms:
            raise LexiconError(f"{path}: line {number}: {atom.form!r} is listed twice (also as {atoms[key].id})")
        atoms[key] = atom
    return atoms
