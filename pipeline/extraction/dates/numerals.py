"""French numerals in words: `dix-huit`, `vingt et un`, `soixante-dix`, `septante-deux`, `quatre-vingt-dix`, `deux mille vingt`."""

from collections.abc import Sequence

TENS = (20, 30, 40, 50, 60, 70, 80, 90)


def _joined(total: int, piece: int) -> int | None:
    """The numeral that the piece makes of the numeral before it, or None if it starts another one."""
    if piece == 1000:
        return total * 1000 if total < 1000 else None
    head, tail = divmod(total, 100)
    if piece == 100:
        return total * 100 if total < 10 else total - tail + tail * 100 if tail and total >= 1000 and tail < 10 else None
    if piece == 20 and tail == 4:
        return head * 100 + 80
    if tail == 0 and piece < 100:
        return total + piece
    if tail == 10 and 7 <= piece <= 9:
        return total + piece
    return total + piece if tail in TENS and piece < (20 if tail in (60, 80) else 10) else None


def read_numeral(pieces: Sequence[int]) -> tuple[int, int]:
    """The value of the numeral that the pieces start with, and how many pieces it takes (at least one)."""
    total = pieces[0]
    for taken, piece in enumerate(pieces[1:], 1):
        joined = _joined(total, piece)
        if joined is None:
            return total, taken
        total = joined
    return total, len(pieces)
