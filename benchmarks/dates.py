"""Measures the date grammar beside its peers, in one run: python benchmarks/dates.py [--shared FOLDER] [--peers] [--verbose].

`--shared` is the folder that holds `data/`, `press/`, `gold/` and `dev/` (by default the one beside the repository). Each measure
reads them where they are; a missing file is reported and left out. `--peers` also runs dateparser and EDS-NLP, where they are
installed (extra `peers`). Conventions in which a data set differs from ISO-TimeML as this project keeps it are stated in CONVENTIONS and
applied to the gold by rule, never case by case; the raw figure stands beside.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.extraction.dates import find_dates

SHARED = Path(__file__).resolve().parents[2] / "shared"
PUBLISHED = "HeidelTime publishes strict F 86.0 on the whole FR-TimeBank (extents only)"
CONVENTIONS = (
    "TimeBank, spec: the two ends of an interval are one date (`entre 1990 et 1999`); words that no calendar holds (`désormais`, `ici`, "
    "`une période`, `un moment de l'année`) are left out",
    "TimeBank: TIME and SET are out of scope, a date found inside one counts neither way; durations below a day are left out",
    "Recognizers: leading articles and prepositions do not count in an extent; intervals end on the last day inside, not after it",
)
VAGUE = frozenset({"ici", "désormais", "une période", "un moment de l'année"})

# Cases of Recognizers-Text whose convention TIMEX3 or French does not share, by what the expected words look like.
MONTH = r"(?:jan\w*|f[ée]v\w*|mar\w*|avr\w*|mai|jui?\w*|aou?t|sep\w*|oct\w*|nov\w*|d[ée]c\w*)"
INCOMPATIBLE = (
    (rf"^\W*(?:entre )?{MONTH}[.\-/ ]+(?:\d|vingt|seconde|entre)|aujourd'hui au octobre 22", "English word order (month, then day)"),
    (r"^(?:4[./-]22|9-18-15)$", "American order of digits"),
    (r"\d,\d\d$", "a comma between day, month and year"),
    (r"^(?:pour )?(?:le )?(?:27e?|15)$", "a day of no named month"),
    (
        r"^(?:cette )?(?:jan|avr|jun|jul|sep|oct|d[ée]c|mar|mai|juin)$",
        "an abbreviation, or a name in capitals, with nothing that makes it a month",
    ),
    (
        r"^(?:2015[./-]3|2016 - 11|mois de septembre\.15|semaine de septembre\.16)$",
        "year and month, or month and day, joined by a foreign sign",
    ),
    (r"quart|^lendemain$|jusqu'a lendemain|dernier jour|cinquieme|^(?:le )?été$|la weekend", "not French, or no date without more"),
    (r"^prochain mois$|derniere 3|seconde|de sept$", "not French, or no date without more"),
    (
        r"^\d+ (?:à|au|et|jusqu'a) \d+ (?:cette mois|mois prochain)|la semaine prochain$|\d+ à \d+ ce mois|octobre 22$",
        "not French, or no date without more",
    ),
    (r"cette semaine$|troisieme semaine|de ce mois$", "not French without its preposition or in the wrong gender"),
)
LEADING = re.compile(r"^(?:(?:le|la|les|de|du|des|en|pour|dans|au|aux|a|à|entre|depuis)\s+|l'|d')+", re.IGNORECASE)

Found = tuple[int, int, str, str]
Finder = Callable[[str, date | None], list[Found]]


def ours(text: str, reference: date | None) -> list[Found]:
    """This project's expressions as start, end, type and value."""
    return [(e.span.start, e.span.end, e.type, e.value) for e in find_dates(text, reference=reference)]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def f1(right: int, told: int, wanted: int) -> float:
    """F1 of counts."""
    return 2 * right / (told + wanted) if told + wanted else 1.0


def sentences(shared: Path, finder: Finder) -> tuple[int, int]:
    """Sentences of `date_sentences.jsonl` read without fault, of how many."""
    cases = list(rows(shared / "data" / "date_sentences.jsonl"))
    right = sum([found[3] for found in finder(case["text"], date.fromisoformat(case["reference"]))] == case["values"] for case in cases)
    return right, len(cases)


def _opening(before: str, between: str) -> int:
    """How many code points before an interval's first end belong to it (`entre `, `du `), -1 if the two dates are no interval."""
    if re.fullmatch(r"\s?-\s?", between):
        return 0
    match = re.search(r"\b(du|de|entre)( le)? $", before, re.IGNORECASE)
    joined = re.fullmatch(r" (au|à|et)( le)? ", between)
    return len(match.group()) if match and joined and (match.group(1).lower() == "entre") == (joined.group(1) == "et") else -1


def to_spec(text: str, gold: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The gold of a TimeBank text with intervals told once and vague words left out."""
    merged = list[dict[str, Any]]()
    for timex in sorted((timex for timex in gold if timex["text"] not in VAGUE), key=lambda timex: timex["start"]):
        last = merged[-1] if merged else None
        width = _opening(text[max(0, last["start"] - 12) : last["start"]], text[last["end"] : timex["start"]]) if last else -1
        if last and width >= 0 and last["type"] == timex["type"] == "DATE" and "/" not in last["value"]:
            merged[-1] = {**last, "start": last["start"] - width, "end": timex["end"], "value": f"{last['value']}/{timex['value']}"}
        else:
            merged.append(timex)
    return merged


def _article_aside(text: str, start: int, end: int) -> tuple[int, int]:
    match = LEADING.match(text[start:end])
    return (start + match.end() if match and match.end() < end - start else start), end


def timebank(shared: Path, finder: Finder, *, spec: bool, articles: bool = True) -> tuple[int, int, int, int]:
    """Over FR-TimeBank: extents right, told, wanted, and values right among them; `articles` says whether `le` counts in an extent."""
    extent = (lambda _, start, end: (start, end)) if articles else _article_aside
    right = told = wanted = values = 0
    for document in rows(shared / "data" / "fr_timebank.jsonl"):
        text, marked = document["text"], document["timex"]
        gold = [t for t in marked if t.get("type") in ("DATE", "DURATION") and not t["value"].startswith("PT")]
        apart = [t for t in marked if t not in gold]
        expected = {extent(text, t["start"], t["end"]): t["value"] for t in (to_spec(text, gold) if spec else gold)}
        for start, end, _, value in finder(text, date.fromisoformat(document["dct"])):
            if not any(start < t["end"] and t["start"] < end for t in apart):
                told += 1
                right += extent(text, start, end) in expected
                values += expected.get(extent(text, start, end)) == value
        wanted += len(expected)
    return right, told, wanted, values


def _bare(words: str) -> str:
    return LEADING.sub("", words.strip().lower())


def reason_apart(words: str) -> str | None:
    """Why a case of Recognizers-Text is not compared, None if it is."""
    return next((reason for pattern, reason in INCOMPATIBLE if re.search(pattern, words.strip(), re.IGNORECASE)), None)


def _same_value(value: str, resolution: dict[str, Any]) -> bool:
    """Whether a TIMEX3 value says what one of the resolutions (future, past) of Recognizers-Text says."""
    timex = resolution["Timex"]
    if len(value) == 3 and value.isdigit():
        return bool(re.match(rf"\((?:{value}|XX{value[2]})0?", timex)) or timex.startswith(f"({value}0")
    told = ["/".join(resolution[key].values()) for key in ("FutureResolution", "PastResolution")]
    months = {t[:7] for t in told if t[7:11] == "-01/"}
    quarter = re.match(r"\((\d{4})-(\d\d)-01,.*P3M\)", timex)
    quarters = {f"{quarter[1]}-Q{(int(quarter[2]) + 2) // 3}"} if quarter else set()
    return value in {timex, *told, *months, *quarters}


def recognizers(shared: Path, finder: Finder, *, everything: bool = False) -> tuple[int, int, int, int, dict[str, int]]:
    """Extents right, of how many; values right, of how many; and the cases left out by reason, unless everything is wanted."""
    found = wanted = right = valued = 0
    apart = dict[str, int]()
    for case in rows(shared / "data" / "recognizers_fr_dates.jsonl"):
        expected = [r for r in case["results"] if r.get("Type") in ("date", "daterange")] if case["file"].startswith("Date") else []
        reference = date.fromisoformat(case["reference"][:10]) if case["reference"] else date(2016, 11, 7)
        told = {_bare(case["input"][start:end]): value for start, end, _, value in finder(case["input"], reference)} if expected else {}
        for result in expected:
            reason = None if everything else reason_apart(result["Text"])
            if reason is not None:
                apart[reason] = apart.get(reason, 0) + 1
                continue
            words = _bare(result["Text"])
            words = words if words in told else words + "."
            wanted, found = wanted + 1, found + (words in told)
            if result.get("Value"):
                valued, right = valued + 1, right + (words in told and _same_value(told[words], result["Value"]))
    return found, wanted, right, valued, apart


def press_texts(shared: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every press text with its gold."""
    pairs = [(folder / "press", folder / "gold") for folder in (shared, shared / "dev")]
    paths = [(text, gold / f"{text.stem}.json") for press, gold in pairs for text in sorted(press.glob("*.txt"))]
    return [(text.read_text(encoding="utf-8"), json.loads(gold.read_text(encoding="utf-8"))) for text, gold in paths if gold.exists()]


def _fact(fact: dict[str, Any]) -> tuple[str, str, str]:
    return fact["type"], fact["value"], fact.get("mod") or ""


def press(shared: Path, *, mods: bool, finder: Finder | None = None) -> tuple[int, int, int]:
    """Over the press texts, as the scorer counts: distinct (type, value, mod) right, told, wanted; peers have no mod and no type."""
    right = told = wanted = 0
    for text, gold in press_texts(shared):
        if finder is None:
            mine = {(e.type, e.value, (e.mod or "") if mods else "") for e in find_dates(text) if not _anything(e.span.quote(text), gold)}
        else:
            mine = {("", value, "") for _, _, _, value in finder(text, _published(gold))}
        for required in (True, False):
            for fact in {_fact(f): f for f in gold["dates"] if bool(f.get("optional")) != required and f["value"] != "*"}.values():
                accepted = [_fact(f) for f in (fact, *fact.get("accept", []))]
                shown = [(k if finder is None else "", v, m if mods and finder is None else "") for k, v, m in accepted]
                hit = next((key for key in shown if key in mine), None)
                mine -= {hit} if hit else set()
                right, told, wanted = right + (required and hit is not None), told + (required and hit is not None), wanted + required
        told += len(mine)
    return right, told, wanted


def _published(gold: dict[str, Any]) -> date | None:
    told = gold.get("published_on")
    first = told[0] if isinstance(told, list) else told
    return date.fromisoformat(first) if first else None


def _anything(words: str, gold: dict[str, Any]) -> bool:
    """Whether the gold says that anything may be made of these words."""
    said = words.lower()
    free = [fact["text"].lower() for fact in gold["dates"] if fact["value"] == "*"]
    return any(text in said or said in text for text in free)


def speed(shared: Path, finder: Finder, *, texts: int = 200) -> float:
    """Texts of 300 words read per second of processor time, on one core; the press texts and TimeBank, cut and joined."""
    words = " ".join(text for text, _ in press_texts(shared)).split(" ")
    words += " ".join(document["text"] for document in rows(shared / "data" / "fr_timebank.jsonl")).split(" ")
    pages = [" ".join(words[i : i + 300]) for i in range(0, len(words) - 300, 300)]
    todo = list(islice(cycle(pages), texts))
    finder(todo[0], date(2018, 5, 4))
    best = float("inf")
    for _ in range(3):
        begin = process_time()
        for page in todo:
            finder(page, date(2018, 5, 4))
        best = min(best, process_time() - begin)
    return texts / best


def own_table(shared: Path) -> Iterator[tuple[str, str, str]]:
    """Measure, figure, aim."""
    right, total = sentences(shared, ours)
    yield "sentences read without fault", f"{right} of {total}", ">= 23"
    found, wanted, *_ = recognizers(shared, ours, everything=True)
    yield "Recognizers extents (all, French or not)", f"{found / wanted:.3f} ({found} of {wanted})", ""
    found, wanted, values, valued, _ = recognizers(shared, ours)
    yield "Recognizers extents (compatible)", f"{found / wanted:.3f} ({found} of {wanted})", ">= 0.85"
    yield "Recognizers values (compatible)", f"{values / valued:.3f} ({values} of {valued})", ">= 0.80"
    for name, spec in (("as annotated", False), ("spec's intervals", True)):
        exact, told, gold, right = timebank(shared, ours, spec=spec)
        yield f"FR-TimeBank strict extent F1, {name}", f"{f1(exact, told, gold):.3f}", ">= 0.90"
        yield f"FR-TimeBank values on found, {name}", f"{right / exact:.3f}", ">= 0.90"
    yield "press F1 (type, value, mod; no reference given)", f"{f1(*press(shared, mods=True)):.3f}", ">= 0.95"
    yield "texts of 300 words per second", f"{speed(shared, ours):.0f}", ">= 1000"


def peer_table(shared: Path, name: str, finder: Finder, own_speed: float) -> Iterator[tuple[str, str, str]]:
    """The same measures for a peer, values only."""
    right, total = sentences(shared, finder)
    yield f"{name}: sentences read without fault", f"{right} of {total}", ""
    yield f"{name}: press F1 (values only)", f"{f1(*press(shared, mods=False, finder=finder)):.3f}", ""
    for label, articles in (("strict", True), ("article aside", False)):
        exact, told, gold, _ = timebank(shared, finder, spec=False, articles=articles)
        ours_exact, ours_told, _, _ = timebank(shared, ours, spec=False, articles=articles)
        yield f"{name}: FR-TimeBank extent F1, {label}", f"{f1(exact, told, gold):.3f}", f"ours {f1(ours_exact, ours_told, gold):.3f}"
    pace = speed(shared, finder, texts=10)
    yield f"{name}: texts of 300 words per second", f"{pace:.1f}", f"ours x {own_speed / pace:.0f}"


def peers(shared: Path) -> Iterator[tuple[str, str, str]]:
    """The peers that are installed; a missing one is said to be."""
    from benchmarks.dates_peers import dateparser_finder, edsnlp_finder

    own_speed = speed(shared, ours)
    for name, make in (("dateparser.search", dateparser_finder), ("EDS-NLP", edsnlp_finder)):
        try:
            finder = make()
        except ImportError as error:
            yield f"{name}: not installed", str(error), ""
            continue
        yield from peer_table(shared, name, finder, own_speed)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table; 2 if the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="conventions and the cases left out")
    arguments = parser.parse_args(argv)
    if not (arguments.shared / "data" / "date_sentences.jsonl").exists():
        print(f"dates: no data under {arguments.shared}; give its folder with --shared", file=sys.stderr)
        return 2
    table = [*own_table(arguments.shared), *(peers(arguments.shared) if arguments.peers else ())]
    for measure, figure, aim in table:
        print(f"{measure:<52}{figure:>22}  {aim}")
    print(PUBLISHED)
    if arguments.verbose:
        print("\n".join(CONVENTIONS))
        for reason, count in sorted(recognizers(arguments.shared, ours)[4].items(), key=lambda item: -item[1]):
            print(f"  Recognizers left out {count:>3}: {reason}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
