"""Numbers that a document states about its own facts ("8 accords", "quatre clusters") beside what was found."""

import re
from collections.abc import Iterator, Sequence

from pipeline.core.facts import Agreement, DeclaredCount, Evidence, Project, Span
from pipeline.extraction.reading import Reading

DIGITS = re.compile(r"(?<![\d.,/-])(\d{1,2})[\s\u00a0](?=\w)")
LEAST = 2
STATED = 0.8


def find_counts(reading: Reading, agreements: Sequence[Agreement], projects: Sequence[Project]) -> list[DeclaredCount]:
    """Declared counts of agreements, members and projects, each fact and number once."""
    counts: dict[tuple[str, int], DeclaredCount] = {}
    for fact, declared, span, method in declared_numbers(reading):
        project = nearest_project(reading, span)
        if fact == "member" and project is None:
            continue
        found = found_of(fact, agreements, projects, project)
        count = DeclaredCount(fact, declared, found, Evidence(span, method, STATED), project if fact == "member" else None)
        counts.setdefault((fact, declared), count)
    return list(counts.values())


def declared_numbers(reading: Reading) -> Iterator[tuple[str, int, Span, str]]:
    """Number words and digits right before a counted noun: fact, number, span, method."""
    words = {line.split()[0]: int(line.split()[1]) for line in reading.lexicon.words("numbers")}
    number = re.compile(r"\b(" + "|".join(sorted(words, key=len, reverse=True)) + r"|\d{1,2})[\s\u00a0]+", re.IGNORECASE)
    for match in number.finditer(reading.text):
        for pattern in reading.lexicon.patterns("counts"):
            noun = pattern.regex.match(reading.text, match.end())
            value = words.get(match[1].lower()) or (int(match[1]) if match[1].isdigit() else 0)
            if noun and value >= LEAST and not reading.text[max(0, match.start() - 1) : match.start()].isdigit():
                yield pattern.label, value, Span(match.start(), noun.end()), pattern.id
                break


def nearest_project(reading: Reading, span: Span) -> str | None:
    """The project that the sentence of a count names, else the last one named before."""
    sentence = reading.sentence(span.start)
    named = reading.projects_in(sentence.span.start, sentence.span.end) or reading.projects_in(0, span.start)[-1:]
    return named[0].entity if named else None


def found_of(fact: str, agreements: Sequence[Agreement], projects: Sequence[Project], project: str | None) -> int:
    """How many facts of the counted kind were extracted."""
    if fact == "agreement":
        return len(agreements)
    if fact == "project":
        return len(projects)
    return next((sum(m.role != "label" for m in p.members) for p in projects if p.entity == project), 0)
