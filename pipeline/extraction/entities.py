"""Mentions → entities of one document: spellings, acronyms in brackets, compound and shortened names brought together."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.core.facts import Entity, Evidence, Label, Mention, by_model
from pipeline.core.lexicon import Lexicon
from pipeline.core.names import fold, fold_words
from pipeline.extraction.mentions import ORGANISATIONS, WEAK

BRACKET = re.compile(r"[\s\u00a0]*[(][\s\u00a0]*[«“\"]?[\s\u00a0]*")
DASH = re.compile(r"[ \u00a0]?[-–—/][ \u00a0]?")
ABBREVIATES = re.compile(
    r"[\s\u00a0]*,?[\s\u00a0]*(?:abr[ée]viation de|acronyme de|pour|c'est-à-dire|sigle de)?[\s\u00a0]*[«“\"(][\s\u00a0]*", re.IGNORECASE
)
TRUST = {"gazetteer": 2.0}
SURE_CLUSTER = 0.85
"""Score that a model must give to the surest mention of a cluster; what a rule or a gazetteer tells is told."""

HEAD = re.compile(r"\bp[ôo]le (?:de comp[ée]titivit[ée] )?\Z", re.IGNORECASE)


@dataclass
class Linked:
    """Union–find over mention indexes."""

    parents: list[int] = field(default_factory=list)

    def root(self, index: int) -> int:
        """The representative of a mention's group."""
        while self.parents[index] != index:
            self.parents[index] = self.parents[self.parents[index]]
            index = self.parents[index]
        return index

    def join(self, left: int, right: int) -> None:
        """Put two mentions into one group."""
        a, b = sorted((self.root(left), self.root(right)))
        self.parents[b] = a


def group_mentions(text: str, mentions: Sequence[Mention], lexicon: Lexicon) -> tuple[list[Mention], list[Entity]]:
    """Give every mention its entity key, and make one entity of the mentions of one thing.

    Returns:
        The mentions with their entity's label and key, and the entities in order of appearance (country not yet known).
    """
    linked = Linked(list(range(len(mentions))))
    join_spellings(mentions, linked)
    join_neighbours(text, mentions, linked)
    join_shortened(mentions, linked, lexicon)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(mentions)):
        groups[linked.root(index)].append(index)
    entities, keyed = [], list(mentions)
    for members in groups.values():
        entity = make_entity(text, [mentions[i] for i in members])
        entities.append(entity)
        for i in members:
            keyed[i] = replace(mentions[i], label=entity.label, entity=entity.key)
    return keyed, entities


def family(label: Label) -> str:
    """Labels that may name one thing: organisations with each other, the rest alone."""
    return "organisation" if label in ORGANISATIONS else label.value.lower()


def join_spellings(mentions: Sequence[Mention], linked: Linked) -> None:
    """Mentions spelt alike name one thing; a weak one takes whatever family its spelling has elsewhere."""
    first: dict[tuple[str, str], int] = {}
    for index in sorted(range(len(mentions)), key=lambda i: -mentions[i].score):
        key, kind = fold(mentions[index].name), family(mentions[index].label)
        if mentions[index].score <= WEAK:
            kind = next((k for n, k in first if n == key), kind)
        linked.join(first.setdefault((key, kind), index), index)


def join_neighbours(text: str, mentions: Sequence[Mention], linked: Linked) -> None:
    """Full name and acronym side by side: "Nom Entier (NE)", "NE – Nom Entier", "NE, abréviation de « Nom Entier »"."""
    for i, (left, right) in enumerate(zip(mentions, mentions[1:], strict=False)):
        between = text[left.span.end : right.span.start]
        related = abbreviates(left.name, right.name) or abbreviates(right.name, left.name)
        bracketed = BRACKET.fullmatch(between) and text[right.span.end : right.span.end + 3].lstrip('\u00a0 »”"').startswith(")")
        compatible = family(left.label) == family(right.label) or WEAK in (left.score, right.score)
        if Label.PLACE in (left.label, right.label) or not compatible:
            continue
        if (bracketed and (related or short(right.name) or short(left.name))) or (
            related and (DASH.fullmatch(between) or ABBREVIATES.fullmatch(between))
        ):
            linked.join(i, i + 1)


def short(name: str) -> bool:
    """Whether a name is one short word written as acronyms are."""
    return len(name) <= 10 and " " not in name and sum(ch.isupper() for ch in name) >= 2


def abbreviates(acronym: str, name: str) -> bool:
    """Whether the letters of an acronym begin words of a name, in order; small words and inner letters may be skipped."""
    letters, words = fold(acronym), fold_words(name)
    if not 2 <= len(letters) <= 10 or len(words) < 2 or " " in acronym.strip() or letters[0] != words[0][0]:
        return False
    initials = "".join(word[0] for word in words)
    return subsequence(letters, initials) or (
        len(letters) >= 3
        and subsequence(letters, "".join(words))
        and letters[:1] + words[-1][0] == letters[0] + words[-1][0]
        and len(words) <= len(letters)
    )


def subsequence(letters: str, text: str) -> bool:
    """Whether the letters occur in the text in this order."""
    rest = iter(text)
    return all(letter in rest for letter in letters)


def join_shortened(mentions: Sequence[Mention], linked: Linked, lexicon: Lexicon) -> None:
    """A shorter form of one longer name of the document ("BioForward" for "BioForward Wisconsin") names the same thing."""
    generic = {fold(word) for name in ("institution_heads", "generic_heads") for word in lexicon.words(name)}
    words = [fold_words(m.name) for m in mentions]
    longer_names = names_by_beginning(words, generic)
    for i, short_form in enumerate(words):
        if not short_form or set(short_form) <= generic or mentions[i].label is Label.PLACE or len(fold(mentions[i].name)) < 3:
            continue
        longer = {
            linked.root(j)
            for j in longer_names.get(short_form[0], ())
            if len(words[j]) > len(short_form) and shortens(short_form, words[j], generic) and fits(mentions[i], mentions[j])
        }
        if len(longer) == 1:
            linked.join(longer.pop(), i)


def names_by_beginning(words: Sequence[tuple[str, ...]], generic: set[str]) -> dict[str, list[int]]:
    """First mention of each name by its first word, and by its second where the first is a generic head."""
    index: dict[str, list[int]] = defaultdict(list)
    for form, number in {form: number for number, form in reversed(list(enumerate(words)))}.items():
        for word in form[:1] + (form[1:2] if form and form[0] in generic else ()):
            index[word].append(number)
    return index


def shortens(short_form: tuple[str, ...], words: tuple[str, ...], generic: set[str]) -> bool:
    """Whether a form is the beginning of a longer name, or what follows its generic head ("Pégase" of "pôle Pégase")."""
    return words[: len(short_form)] == short_form or (words[0] in generic and words[1:] == short_form)


def fits(left: Mention, right: Mention) -> bool:
    """Whether two mentions may name one thing, by label."""
    return family(left.label) == family(right.label) or (WEAK in (left.score, right.score) and right.label is not Label.PLACE)


def make_entity(text: str, mentions: Sequence[Mention]) -> Entity:
    """One entity of all mentions of a thing: label by weighted vote, the fullest name first, then the most used."""
    votes: dict[Label, float] = defaultdict(float)
    for mention in mentions:
        votes[mention.label] += mention.score * TRUST.get(mention.method.split(".")[0], 1.0)
    label = max(votes, key=lambda candidate: (votes[candidate], candidate != Label.ORG, candidate.value))
    counts = Counter(mention.name for mention in mentions)
    names = sorted(counts, key=lambda name: (-len(name.split()), -counts[name], -len(name), name))
    headed = headed_names(text, mentions) if label is Label.CLUSTER else []
    evidence = tuple(Evidence(m.span, m.method, m.score) for m in mentions)
    return Entity(f"{family(label)}:{fold(names[0])}", label, tuple(dict.fromkeys([*names, *headed])), evidence=evidence)


def headed_names(text: str, mentions: Sequence[Mention]) -> list[str]:
    """The names with the head noun before them, where the document writes one ("pôle Eau", "pôle de compétitivité Eau")."""
    found = [(HEAD.search(text, max(0, m.span.start - 30), m.span.start), m) for m in mentions]
    return sorted({text[head.start() : m.span.end] for head, m in found if head is not None})


def without_doubtful_clusters(entities: Sequence[Entity], mentions: Sequence[Mention]) -> tuple[list[Entity], list[Mention]]:
    """Entities and mentions with the clusters that nothing is sure of as organisations of unknown kind: to be a cluster must be told.

    A model takes companies in a text about clusters for clusters; what the facts are read from is left as the model says it, only the kind
    that readers see asks for more.
    """
    surest: dict[str, float] = defaultdict(float)
    for mention in mentions:
        if mention.label is Label.CLUSTER:
            sure = mention.score if by_model(mention.method) else 1.0
            surest[mention.entity] = max(surest[mention.entity], sure)
    doubtful = {key for key, score in surest.items() if score < SURE_CLUSTER}
    return (
        [replace(e, label=Label.ORG) if e.key in doubtful else e for e in entities],
        [replace(m, label=Label.ORG) if m.entity in doubtful else m for m in mentions],
    )
