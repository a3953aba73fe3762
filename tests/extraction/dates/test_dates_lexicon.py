"""Every word and every pattern of `models/dates/` against its own examples, and what a wrong list says."""

import re
from datetime import date
from pathlib import Path

import pytest

from pipeline.core.errors import LexiconError
from pipeline.extraction.dates import find_dates
from pipeline.extraction.dates.cues import Cue, read_cues
from pipeline.extraction.dates.lexicon import Atom, load_atoms

ATOMS = sorted(load_atoms().values(), key=lambda atom: atom.id)
CUES = read_cues()
HEAD_ATOMS = "id,kind,form,value,source,hits,misses\n"
HEAD_CUES = "id,family,name,pattern,source,hits,misses\n"


@pytest.mark.parametrize("atom", ATOMS, ids=lambda atom: atom.id)
def test_word_makes_the_date_of_its_example(atom: Atom) -> None:
    sentence, _, value = atom.hits.partition(" => ")
    dated = re.match(r"@(\S+) ", sentence)
    reference = date.fromisoformat(dated.group(1)) if dated else None
    found = find_dates(sentence[dated.end() :] if dated else sentence, reference=reference)
    assert value in [expression.value for expression in found]


@pytest.mark.parametrize("atom", [atom for atom in ATOMS if atom.misses], ids=lambda atom: atom.id)
def test_word_alone_makes_no_date(atom: Atom) -> None:
    assert find_dates(atom.misses) == []


def _matches(cue: Cue, text: str) -> bool:
    look = re.match if cue.name in ("line", "block") else re.search
    return look(cue.pattern, text) is not None


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_pattern_matches_its_hit_and_not_its_miss(cue: Cue) -> None:
    assert (_matches(cue, cue.hits), _matches(cue, cue.misses)) == (True, False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,kind\n", "line 1: expected the columns"),
        (HEAD_ATOMS + "a,month,mai,5,s,h\n", "line 2: expected 7 fields"),
        (HEAD_ATOMS + "a,moon,mai,5,s,h,m\n", "line 2: unknown kind 'moon'"),
        (HEAD_ATOMS + "a,month,,5,s,h,m\n", "line 2: a form is missing"),
        (HEAD_ATOMS + "a,month,mai,5,s,h,m\nb,month,MAI,5,s,h,m\n", "line 3: 'MAI' is listed twice (also as a)"),
    ],
)
def test_wrong_atoms_name_file_and_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "atoms.csv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=re.escape(message)):
        load_atoms(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD_CUES + "a,colour,x,p,s,h,m\n", "line 2: unknown family 'colour'"),
        (HEAD_CUES + "a,tense,past,(p,s,h,m\n", "line 2: '(p' is no regular expression"),
    ],
)
def test_wrong_cues_name_file_and_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "cues.csv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=re.escape(message)):
        read_cues(tmp_path)


def test_missing_list_says_which(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"atoms\.csv: cannot be read"):
        load_atoms(tmp_path)
