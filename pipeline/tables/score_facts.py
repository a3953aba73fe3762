"""Family by family: which told facts are right, which gold facts were found, and which of their attributes agree."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.tables.score_view import Row, View, plain, plain_set

Gold = dict[str, Any]


class Attributes(dict[str, tuple[int, int]]):
    """How many values of each attribute are right, of how many."""

    def tally(self, name: str, right: bool) -> None:
        """Count one value."""
        good, of = self.get(name, (0, 0))
        self[name] = (good + right, of + 1)


@dataclass(frozen=True, slots=True)
class Tally:
    """`right` and `wrong` count what was told, `found` and `missed` what should have been."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.wrong + other.wrong, self.found + other.found, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of what was told that is right; 1 when nothing was told and nothing missed."""
        told = self.right + self.wrong
        return self.right / told if told else float(not self.missed)

    @property
    def recall(self) -> float:
        """Share of the gold facts that were found."""
        wanted = self.found + self.missed
        return self.found / wanted if wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Judged:
    """One document under judgement."""

    view: View
    row: Row
    gold: Gold
    attributes: Attributes
    notes: list[str] = field(default_factory=list)

    @property
    def document_id(self) -> str:
        """Key of the document."""
        return str(self.row["document_id"])

    def names(self, organisation_id: str | None) -> set[str]:
        """Names of an organisation, as seen from this document."""
        return self.view.names(organisation_id, self.document_id)

    def facts(self, family: str) -> list[Gold]:
        """Gold facts of a family, required ones first."""
        return sorted(self.gold.get(family, []), key=lambda fact: bool(fact.get("optional")))


def required(facts: Iterable[Gold]) -> list[Gold]:
    """Gold facts that must be found."""
    return [fact for fact in facts if not fact.get("optional")]


def accepted(value: object, gold: object) -> bool:
    """Whether a value is the gold one, or one of several."""
    values = gold if isinstance(gold, list) else [gold]
    return any(str(value) == str(each) if value is not None and each is not None else value is each for each in values)


def compare_dates(judged: Judged, prefix: str, gold: Gold, row: Row, columns: dict[str, str]) -> None:
    """Tally dates and durations that the gold fact tells."""
    for key, column in columns.items():
        if gold.get(key):
            judged.attributes.tally(f"{prefix} {column}", row[column] is not None and accepted(row[column], gold[key]))


def pair_up(
    facts: Sequence[Gold], told: Sequence[Any], same: Callable[[Gold, Any], bool]
) -> tuple[list[tuple[Gold, Any]], list[Gold], list[Any]]:
    """Match gold and told facts one to one, first come first served: the pairs, the gold left over, the told left over."""
    left, pairs, missed = list(told), [], []
    for fact in facts:
        hit = next((index for index, candidate in enumerate(left) if same(fact, candidate)), None)
        if hit is None:
            missed.append(fact)
        else:
            pairs.append((fact, left.pop(hit)))
    return pairs, missed, left


def clusters(judged: Judged) -> Tally:
    """A cluster is right when it bears a gold name; a second row for one that was found costs nothing."""

    def same(gold: Gold, row: Row) -> bool:
        return bool(plain_set(gold["names"]) & judged.names(row["organisation_id"]))

    facts = judged.facts("clusters")
    told = [row for row in judged.view.of_document("organisations", "organisation_id", judged.document_id) if row["kind"] == "cluster"]
    pairs, missed, left = pair_up(facts, told, same)
    wrong = [row for row in left if not any(same(fact, row) for fact in facts)]
    for gold, row in pairs:
        if gold.get("country") and not gold.get("optional"):
            judged.attributes.tally("cluster country", accepted(row["country_code"], gold["country"]))
    note(judged, "clusters", (fact["names"][0] for fact in required(missed)), (row["name"] for row in wrong))
    return count(pairs, wrong, missed)


def note(judged: Judged, family: str, missed: Iterable[str], wrong: Iterable[str]) -> None:
    """Remember what was missed and what was wrong."""
    judged.notes += [f"{family}: missed {fact}" for fact in missed]
    judged.notes += [f"{family}: wrong {fact}" for fact in wrong]


def count(pairs: Sequence[tuple[Gold, Any]], wrong: Sequence[Any], missed: Sequence[Gold]) -> Tally:
    """Tally of a family whose facts are matched one to one."""
    right = len(required(fact for fact, _ in pairs))
    return Tally(right, len(wrong), right, len(required(missed)))


@dataclass(frozen=True, slots=True)
class Told:
    """One counterpart of one agreement, with the signatories of it."""

    row: Row
    counterpart: str
    signatories: tuple[str, ...]


def told_links(judged: Judged) -> list[Told]:
    """The links that a document tells, counterpart by counterpart."""
    sides = judged.view.sides
    rows = judged.view.of_document("agreements", "agreement_id", judged.document_id)
    return [
        Told(row, counterpart, tuple(sides[row["agreement_id"], "signatory"]))
        for row in rows
        for counterpart in sides[row["agreement_id"], "counterpart"]
    ]


def same_link(judged: Judged, gold: Gold, told: Told) -> bool:
    """Counterpart and a signatory (or the project) bear gold names, whichever way round it is told."""
    counterpart = plain_set(gold["counterpart"])
    project = plain_set(gold.get("project"))
    others = {name for names in gold.get("signatories") or [] for name in plain_set(names)} | project
    in_project = bool(project & judged.view.project_names(told.row["project_id"]))
    names = judged.names(told.counterpart)
    signing = {name for signatory in told.signatories for name in judged.names(signatory)}
    forward = counterpart & names and (not others or others & signing or in_project)
    backward = counterpart & signing and (not others or others & names or in_project)
    return bool(forward or backward)


def agreements(judged: Judged) -> Tally:
    """A link told from either side, once or per counterpart, is one link: precision counts links told, recall gold facts."""
    facts, told = judged.gold.get("agreements", []), told_links(judged)
    needed = required(facts)
    links: dict[tuple[frozenset[str], str], Told] = {}
    for link in told:
        links.setdefault((frozenset(link.signatories), link.counterpart), link)
    right = [link for link in links.values() if any(same_link(judged, fact, link) for fact in needed)]
    wrong = [link for link in links.values() if not any(same_link(judged, fact, link) for fact in facts)]
    hits = {index: [link for link in told if same_link(judged, fact, link)] for index, fact in enumerate(needed)}
    found = [index for index, links_told in hits.items() if links_told]
    for index in found:
        compare_agreement(judged, needed[index], best_told(needed[index], hits[index]))
    missed = (fact["counterpart"][0] for index, fact in enumerate(needed) if not hits[index])
    note(judged, "agreements", missed, (link_name(judged, link) for link in wrong))
    return Tally(len(right), len(wrong), len(found), len(needed) - len(found))


def best_told(gold: Gold, told: Sequence[Told]) -> Told:
    """Of several links that tell the same fact, the one that has kind and status right."""
    return max(told, key=lambda link: (link.row["kind"] in gold["kind"]) + (link.row["status"] in gold["status"]))


def link_name(judged: Judged, link: Told) -> str:
    """A link as a note tells it."""
    name = {key: row["name"] for key, row in judged.view.organisations.items()}
    return f"{name[link.counterpart]} ({'/'.join(name[signatory] for signatory in link.signatories)})"


def compare_agreement(judged: Judged, gold: Gold, told: Told) -> None:
    """Tally the attributes of an agreement that was found."""
    wanted, row = plain_set(gold["counterpart"]), told.row
    candidates = (told.counterpart, *told.signatories)
    party = next((each for each in candidates if wanted & judged.names(each)), told.counterpart)
    if gold.get("country"):
        judged.attributes.tally("counterpart country", accepted(judged.view.organisations[party]["country_code"], gold["country"]))
    judged.attributes.tally("agreement kind", row["kind"] in gold["kind"])
    judged.attributes.tally("agreement status", row["status"] in gold["status"])
    columns = {"signed_on": "signed_on", "start": "start_date", "duration_months": "duration_months"}
    compare_dates(judged, "agreement", gold, row, columns)


def dates(judged: Judged) -> Tally:
    """A date is right when type, value and modifier are equal; words that gold marks `*` count neither way."""
    everything = judged.facts("dates")
    facts = each_once(fact for fact in everything if fact["value"] != "*")
    ignored = [plain(fact["text"]) for fact in everything if fact["value"] == "*"]
    texts: dict[tuple[str, str, str], set[str]] = {}
    for row in judged.view.rows["dates"]:
        if row["document_id"] == judged.document_id:
            texts.setdefault((row["type"], row["value"], row["mod"] or ""), set()).add(plain(row["text"]))
    told = sorted(date for date, forms in texts.items() if not any(is_ignored(form, ignored) for form in forms))
    pairs, missed, left = pair_up(facts, told, same_date)
    wrong = [date for date in left if not any(same_date(fact, date) for fact in facts if fact.get("optional"))]
    note(judged, "dates", (f"{fact['text']!r} {fact['value']}" for fact in required(missed)), map(str, wrong))
    return count(pairs, wrong, missed)


def each_once(facts: Iterable[Gold]) -> list[Gold]:
    """Gold dates without those that are told again."""
    seen: dict[tuple[str, str, str | None], Gold] = {}
    for fact in facts:
        seen.setdefault((fact["type"], fact["value"], fact.get("mod")), fact)
    return list(seen.values())


def is_ignored(words: str, ignored: Iterable[str]) -> bool:
    """Whether the words hold, or lie in, words that count neither way."""
    return bool(words) and any(words in each or each in words for each in ignored)


def same_date(gold: Gold, date: tuple[str, str, str]) -> bool:
    """Whether a date is the gold one, or one that gold accepts too."""
    return any(date == (each["type"], each["value"], each.get("mod") or "") for each in (gold, *gold.get("accept", [])))


def funding(judged: Judged) -> Tally:
    """A grant is right when the beneficiary and the programme or the funder bear gold names."""
    view = judged.view

    def same(gold: Gold, row: Row) -> bool:
        who = view.project_names(row["project_id"]) | judged.names(row["organisation_id"])
        source = {view.programmes.get(row["programme_id"], "")} - {""} | judged.names(row["funder_id"])
        wanted = plain_set(gold.get("programme")) | plain_set(gold.get("funder"))
        return bool(who & plain_set(gold["beneficiary"]) and source & wanted)

    facts = judged.facts("funding")
    pairs, missed, left = pair_up(facts, view.of_document("funding", "funding_id", judged.document_id), same)
    wrong = [row for row in left if not any(same(fact, row) for fact in facts if fact.get("optional"))]
    note(judged, "funding", (fact["beneficiary"][0] for fact in required(missed)), (str(row["funding_id"]) for row in wrong))
    return count(pairs, wrong, missed)


def document_attributes(judged: Judged) -> None:
    """Tally language, date of publication and the projects with their dates and members."""
    judged.attributes.tally("language", judged.row["language"] == judged.gold.get("language", "fr"))
    judged.attributes.tally("published_on", accepted(judged.row["published_on"], judged.gold.get("published_on")))
    told = judged.view.of_document("projects", "project_id", judged.document_id)
    for gold in required(judged.gold.get("projects", [])):
        row = next((each for each in told if plain(each["name"]) in plain_set(gold["names"])), None)
        judged.attributes.tally("project found", row is not None)
        if row is not None:
            columns = {"start": "start_date", "end": "end_date", "duration_months": "duration_months"}
            compare_dates(judged, "project", gold, row, columns)
        compare_members(judged, gold, row)


def compare_members(judged: Judged, gold: Gold, project: Row | None) -> None:
    """Tally members and coordinator of a project."""
    rows = [row for row in judged.view.rows["project_members"] if project and row["project_id"] == project["project_id"]]
    members = [(row["role"], judged.names(row["organisation_id"])) for row in rows]
    for names in gold.get("members", []):
        judged.attributes.tally("project member", any(plain_set(names) & known for _, known in members))
    if gold.get("coordinator"):
        wanted = plain_set(gold["coordinator"])
        judged.attributes.tally("project coordinator", any(role == "coordinator" and wanted & known for role, known in members))
