"""What the annotated corpus holds, and how far two readings of it agree: F1 per family of facts, equal attributes of the shared facts.

Facts pair up as in the score of the tables: names without case, accents, punctuation and spaces; agreements told from either side.

    python -m models.training.agreement corpus/annotated [--verbose]   # against `second_reading.json`, texts of `second_reading.csv`
    python -m models.training.agreement corpus/annotated --counts      # what the corpus holds
"""

import csv
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from models.training.annotated import KINDS, STATUSES, AnnotatedText, read_annotated, read_corpus, to_gold

Fact = dict[str, Any]
Same = Callable[[Fact, Fact], bool]


@dataclass(slots=True)
class Tally:
    """What two readings share and what only one of them holds, per family; equal attributes of the shared facts."""

    both: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    second: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def f1(self, family: str) -> float:
        """F1 of one reading against the other (the same from either side); 1 where neither holds a fact."""
        total = 2 * self.both[family] + self.first[family] + self.second[family]
        return 2 * self.both[family] / total if total else 1.0


def norm(name: str) -> str:
    """Case, accents, punctuation and spaces aside."""
    letters = (char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return re.sub(r"[^0-9a-z]+", "", "".join(letters).casefold())


def share(one: Iterable[str] | None, other: Iterable[str] | None) -> bool:
    """Whether two lists of names have a name in common."""
    return bool({norm(name) for name in one or ()} & {norm(name) for name in other or ()})


def same_name(one: Fact, other: Fact) -> bool:
    """Clusters and projects: one name in common."""
    return share(one["names"], other["names"])


def same_link(one: Fact, other: Fact) -> bool:
    """Agreements: the counterpart and a signatory (or the project) of one are told by the other, also the other way round."""
    mine, theirs = (list(chain.from_iterable(fact["signatories"])) for fact in (one, other))
    straight = share(one["counterpart"], other["counterpart"]) and (share(mine, theirs) or share(one["project"], other["project"]))
    return straight or (share(one["counterpart"], theirs) and share(mine, other["counterpart"]))


def same_date(one: Fact, other: Fact) -> bool:
    """Dates: type, value and mod."""
    return all(one.get(name) == other.get(name) for name in ("type", "value", "mod"))


def same_funding(one: Fact, other: Fact) -> bool:
    """Funding: the beneficiary, and the programme or the funder."""
    paid = share(one["programme"], other["programme"]) or share(one["funder"], other["funder"])
    return share(one["beneficiary"], other["beneficiary"]) and paid


def same_member(one: Fact, other: Fact) -> bool:
    """Members: project and organisation."""
    return share(one["project"], other["project"]) and same_name(one, other)


def same_count(one: Fact, other: Fact) -> bool:
    """Declared counts: of what, and how many."""
    return one == other


RULES: dict[str, Same] = {
    "clusters": same_name,
    "agreements": same_link,
    "dates": same_date,
    "funding": same_funding,
    "projects": same_name,
    "members": same_member,
    "declared": same_count,
}
ATTRIBUTES = {
    "clusters": ("country",),
    "agreements": ("kind", "status", "signed_on", "start", "duration_months"),
    "projects": ("start", "end", "duration_months"),
    "funding": ("amount", "currency"),
}


def facts_of(reading: Fact, family: str) -> list[Fact]:
    """The facts of one family: members from the projects, every date once."""
    if family == "members":
        return [{"project": project["names"], "names": names} for project in reading["projects"] for names in project["members"]]
    if family == "dates":
        return list({(date["type"], date["value"], date.get("mod")): date for date in reading["dates"]}.values())
    return list(reading[family])


def likeness(one: Fact, other: Fact) -> int:
    """How many attributes two facts share: tells a letter of intent from the agreement with the same partner."""
    return sum(one.get(name) == other.get(name) for name in one)


def compare_family(tally: Tally, text: str, family: str, first: Fact, second: Fact) -> None:
    """Pair the facts of one family one to one, the likest first, and count."""
    left = facts_of(second, family)
    for fact in facts_of(first, family):
        candidates = [other for other in left if RULES[family](fact, other)]
        if not candidates:
            tally.first[family] += 1
            tally.notes.append(f"{text} {family}: first only {brief(fact)}")
            continue
        found = max(candidates, key=lambda other: likeness(fact, other))
        left.remove(found)
        tally.both[family] += 1
        compare_attributes(tally, text, family, fact, found)
    tally.second[family] += len(left)
    tally.notes.extend(f"{text} {family}: second only {brief(fact)}" for fact in left)


def compare_attributes(tally: Tally, text: str, family: str, first: Fact, second: Fact) -> None:
    """Count the attributes that at least one of the readings tells."""
    for name in ATTRIBUTES.get(family, ()):
        one, other = first.get(name), second.get(name)
        if one is None and other is None:
            continue
        equal = bool(set(one) & set(other)) if isinstance(one, list) and isinstance(other, list) else one == other
        tally.compared[f"{family} {name}"] += 1
        tally.equal[f"{family} {name}"] += equal
        if not equal:
            tally.notes.append(f"{text} {family}: {name} {one} / {other} of {brief(first)}")


def brief(fact: Fact) -> str:
    """A fact in one line."""
    return " ".join(str(value) for value in fact.values() if value not in (None, []))


def sample(listing: Path) -> list[dict[str, str]]:
    """The texts read twice, with their author and whether their dates were compared."""
    with listing.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def compare(corpus: Path) -> Tally:
    """The annotations of the corpus against its second reading."""
    tally = Tally()
    readings = json.loads((corpus / "second_reading.json").read_text(encoding="utf-8"))
    for row in sample(corpus / "second_reading.csv"):
        first = to_gold(read_annotated(corpus / row["author"] / f"{row['text']}.txt"))
        for family in RULES:
            if family != "dates" or row["dates"] == "yes":
                compare_family(tally, row["text"], family, first, readings[row["text"]])
    return tally


def listed(counts: Counter[str]) -> str:
    """Values with their counts, the most frequent first."""
    return ", ".join(f"{value} {count}" for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def counterparts(texts: Sequence[AnnotatedText]) -> set[str]:
    """Countries of the counterparts of agreements."""
    parties = ((text, key) for text in texts for fact in text.facts("agreements") for key in fact["counterparts"])
    return {code for text, key in parties if (code := text.entities[key].get("country"))}


def contents(texts: Sequence[AnnotatedText]) -> dict[str, str]:
    """What the corpus holds, for its README."""
    words = [len(text.text.split()) for text in texts]
    agreements = [fact for text in texts for fact in text.facts("agreements")]
    years = Counter(published[:4] for text in texts if (published := text.head.get("published_on")))
    families = {"projects": "projects", "funding": "funding", "declared": "declared counts"}
    return {
        "texts": f"{len(texts)} by {len({text.head['author'] for text in texts})} authors",
        "words": f"{sum(words)} (shortest {min(words)}, median {sorted(words)[len(words) // 2]}, longest {max(words)})",
        "length": f"under 130 words {sum(n < 130 for n in words)}, 130–350 {sum(130 <= n <= 350 for n in words)}, "
        f"351–500 {sum(350 < n <= 500 for n in words)}, over 500 {sum(n > 500 for n in words)}",
        "hard negatives": str(sum(text.head.get("negative") == "yes" for text in texts)),
        "agreements by kind": listed(Counter({kind: sum(fact["kind"] == kind for fact in agreements) for kind in KINDS})),
        "agreements by status": listed(Counter({status: sum(fact["status"] == status for fact in agreements) for status in STATUSES})),
        "other facts": ", ".join(f"{name} {sum(len(text.facts(family)) for text in texts)}" for family, name in families.items()),
        "mentions, dates": f"{sum(len(text.mentions) for text in texts)}, {sum(len(text.dates) for text in texts)}",
        "entities by label": listed(Counter(entity["label"] for text in texts for entity in text.entities.values())),
        "kinds of text": listed(Counter(text.head["kind"] for text in texts)),
        "sectors": listed(Counter(text.head["sector"] for text in texts)),
        "published in": listed(Counter(text.head["country"] for text in texts)),
        "countries of counterparts": str(len(counterparts(texts))),
        "years": f"{listed(years)}; without a date {len(texts) - years.total()}",
    }


def main(arguments: Sequence[str]) -> None:
    """Print the agreement as a table, with `--verbose` every difference as well; with `--counts` what the corpus holds."""
    if "--counts" in arguments:
        print("\n".join(f"| {name} | {value} |" for name, value in contents(read_corpus(Path(arguments[0]))).items()))
        return
    tally = compare(Path(arguments[0]))
    if "--verbose" in arguments:
        print("\n".join(tally.notes))
    print("| family | both | first only | second only | F1 |\n| --- | --- | --- | --- | --- |")
    for family in RULES:
        print(f"| {family} | {tally.both[family]} | {tally.first[family]} | {tally.second[family]} | {tally.f1(family):.3f} |")
    print("\n| attribute | equal | compared |\n| --- | --- | --- |")
    for name in sorted(tally.compared):
        print(f"| {name} | {tally.equal[name]} | {tally.compared[name]} |")


if __name__ == "__main__":
    main(sys.argv[1:])
