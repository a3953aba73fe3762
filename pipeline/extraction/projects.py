"""Mentions + dates + text → named projects with members, roles and dates.

A sentence speaks of the project that it names, or of the last one named when it says "le projet", "il"; the words in
`patterns/projects.yaml` tell who takes part.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.core.facts import DatedExpression, Evidence, Membership, Project, Span
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.parties import PRONOUN, Party, chain_from, listed_parties
from pipeline.extraction.periods import Period, duration_months, last_date, partial_date
from pipeline.extraction.reading import Reading
from pipeline.extraction.triggers import find_triggers

STRENGTH = {"coordinator": 2, "label": 1, "partner": 0}
MEMBERS_OPEN = re.compile(
    r"(?:les|ses|leurs) (?:\w+ )?(?:membres du consortium|partenaires|participants)|(?:coordinat|chef|porteur|partenaires?)[^:\n]{0,30} :",
    re.IGNORECASE,
)
OPENING = 60
ROLE_REACH = 90
FOUND = 0.8


def find_projects(reading: Reading) -> list[Project]:
    """Every named project of a document, with what all its sentences tell of it."""
    projects: dict[str, Project] = {}
    for sentence, key in project_sentences(reading):
        evidence = (Evidence(sentence.span, "project.sentence", FOUND),)
        known = projects.get(key, Project(key, (), evidence))
        projects[key] = add_sentence(reading, sentence, known)
    return [finished(project) for project in projects.values()]


def project_sentences(reading: Reading) -> Iterator[tuple[Sentence, str]]:
    """Sentences with the project that each speaks of: the first it names, else the last one named if it refers to it."""
    last: str | None = None
    for sentence in reading.sentences:
        named = [m.entity for m in reading.projects_in(sentence.span.start, sentence.span.end)]
        yield from ((sentence, key) for key in dict.fromkeys(named))
        if not named and last is not None and refers(reading, sentence):
            yield sentence, last
        last = named[-1] if named else last


def refers(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence speaks of a project named before: "le projet", or a list of partners under a heading."""
    words = reading.lexicon.patterns("project_words")
    spoken = any(p.regex.search(reading.text, sentence.span.start, sentence.span.end) for p in words)
    opening = reading.text[sentence.span.start : sentence.span.start + OPENING]
    headed = sentence.kind is Kind.HEADING and re.match(
        r"(?:les |nos |liste des )?(?:partenaires|participants|membres|consortium)\b", opening, re.IGNORECASE
    )
    return (
        spoken
        or bool(headed)
        or (PRONOUN.match(opening) is not None and not reading.organisations_in(sentence.span.start, sentence.span.end))
        or speaks_of_members(reading, sentence)
    )


def speaks_of_members(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence opens with "les autres membres du consortium", "les partenaires" or "Coordinateur :"."""
    return MEMBERS_OPEN.match(reading.text, sentence.span.start, sentence.span.end) is not None


def add_sentence(reading: Reading, sentence: Sentence, project: Project) -> Project:
    """The project with the members and dates that one sentence adds."""
    others = {m.entity for m in reading.projects_in(sentence.span.start, sentence.span.end)} - {project.entity}
    found = (
        []
        if others and project.entity not in {m.entity for m in reading.projects_in(sentence.span.start, sentence.span.end)}
        else list(members_told(reading, sentence, project.entity))
    )
    return with_dates(reading, sentence, replace(project, members=(*project.members, *found)))


def members_told(reading: Reading, sentence: Sentence, project: str) -> Iterator[Membership]:
    """Memberships that a sentence, and the list that it introduces, tells."""
    organisations = [Party(m.entity, m.span, m.label) for m in reading.organisations_in(sentence.span.start, sentence.span.end)]
    for pattern in reading.lexicon.patterns("projects"):
        for match in pattern.regex.finditer(reading.text, sentence.span.start, sentence.span.end):
            if match.group().lower() == "avec" and find_triggers(reading, sentence):
                continue
            role, _, side = pattern.label.partition(".")
            for party in around(reading, organisations, Span(match.start(), match.end()), side):
                yield membership(party, role, sentence, pattern.id)
            if role == "partner" and not side:
                yield from listed_members(reading, sentence, pattern.id)
    if re.search(r"partenaires|consortium|participants|membres", sentence.span.quote(reading.text), re.IGNORECASE):
        yield from listed_members(reading, sentence, "project.list")


def membership(party: Party, role: str, sentence: Sentence, method: str) -> Membership:
    """A membership with its sentence as evidence."""
    return Membership(party.entity, role, (Evidence(sentence.span, method, FOUND),))


def around(reading: Reading, parties: Sequence[Party], cue: Span, side: str) -> list[Party]:
    """The coordinated organisations after a cue, or the one right before it."""
    if side == "before":
        near = [p for p in parties if 0 <= cue.start - p.span.end <= ROLE_REACH]
        return near[-1:]
    for index, party in enumerate(parties):
        if party.span.start >= cue.end:
            way = reading.text[cue.end : party.span.start]
            return chain_from(reading, parties, index) if len(way) <= 150 and not re.search(r"[.;]\s|\n", way) else []
    return []


def listed_members(reading: Reading, sentence: Sentence, method: str) -> Iterator[Membership]:
    """Members in the items or lines that a sentence introduces; "(coordinateur)" after a name is its role."""
    for party in [*listed_parties(reading, sentence), *lines_after(reading, sentence)]:
        after = reading.text[party.span.end : party.span.end + 40]
        role = (
            "coordinator"
            if re.match(r"\s*[(,–-]\s*(?:le |la |chef(?:fe)? de file|coordinat|porteu|pilote)", after, re.IGNORECASE)
            and re.search(r"coordinat|chef|porteu|pilote", after)
            else "partner"
        )
        yield membership(party, role, sentence, method)


def lines_after(reading: Reading, sentence: Sentence) -> list[Party]:
    """Organisations of the short lines under a heading such as "Les partenaires"."""
    if sentence.kind is not Kind.HEADING:
        return []
    parties: list[Party] = []
    for following in reading.sentences[sentence.index + 1 :]:
        if following.kind not in (Kind.HEADING, Kind.ITEM, Kind.ROW) or following.line - sentence.line > 40:
            break
        parties += [Party(m.entity, m.span, m.label) for m in reading.organisations_in(following.span.start, following.span.end)]
    return parties


def with_dates(reading: Reading, sentence: Sentence, project: Project) -> Project:
    """The project with the dates of a sentence whose role is a project's."""
    told = Period(None, project.start_date, project.end_date, project.duration_months)
    for when in reading.dates_in(sentence.span.start, sentence.span.end):
        told = told.either(project_period(when))
    return replace(project, start_date=told.start_date, end_date=told.end_date, duration_months=told.duration_months)


def project_period(when: DatedExpression) -> Period:
    """What one date says of a project, by its role."""
    if when.role == "project_start":
        return Period(start_date=partial_date(when))
    if when.role == "project_end":
        return Period(end_date=partial_date(when))
    if when.role == "project_period":
        return Period(start_date=partial_date(when), end_date=last_date(when))
    return Period(duration_months=duration_months(when.value) if when.role == "project_duration" else None)


def finished(project: Project) -> Project:
    """The project with each member once, in its strongest role."""
    best: dict[str, Membership] = {}
    for member in project.members:
        known = best.get(member.organisation)
        if known is None or STRENGTH[member.role] > STRENGTH[known.role]:
            best[member.organisation] = replace(member, evidence=(*(known.evidence if known else ()), *member.evidence))
    return replace(project, members=tuple(best.values()))


def member_keys(projects: Sequence[Project]) -> dict[str, list[str]]:
    """Project key → keys of its coordinator and partners."""
    return {project.entity: [m.organisation for m in project.members if m.role != "label"] for project in projects}
