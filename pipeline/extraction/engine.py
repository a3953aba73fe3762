"""Many documents → what each states.

`extract_documents` is the room's door: documents in, facts out, in order. Everything loaded once (lexicon, models) lives in an `Extractor`.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.errors import LexiconError
from pipeline.core.facts import Agreement, DatedExpression, Document, DocumentFacts, Funding, Label, Mention, Project, Span
from pipeline.core.lexicon import CONFIG, MODELS, Lexicon, load_lexicon, read_text
from pipeline.extraction.agreements import find_agreements
from pipeline.extraction.countries import locate
from pipeline.extraction.counts import find_counts
from pipeline.extraction.dates import find_dates, find_publication_date
from pipeline.extraction.entities import group_mentions, without_doubtful_clusters
from pipeline.extraction.funding import find_funding
from pipeline.extraction.general import find_people
from pipeline.extraction.judging import Judge, judge_agreements, judge_funding, judge_members, judge_places, load_judge
from pipeline.extraction.layout import split_sentences
from pipeline.extraction.mentions import WEAK, find_mentions
from pipeline.extraction.neural.mentions import MentionModel, PredictedMention, load_mention_model
from pipeline.extraction.periods import partial_date
from pipeline.extraction.places import find_places
from pipeline.extraction.projects import find_projects, member_keys
from pipeline.extraction.reading import Reading
from pipeline.extraction.trailing import trim_countries

BATCH = 32


@dataclass(frozen=True)
class Extractor:
    """Everything that reading documents needs.

    Without a mention model spaCy says where people are named; a mention model has learned that itself.
    """

    lexicon: Lexicon
    mention_model: MentionModel | None = None
    judge: Judge | None = None

    def extract(self, documents: Sequence[Document]) -> Iterator[DocumentFacts]:
        """Facts of each document, in order."""
        texts = [document.text for document in documents]
        people: Sequence[Sequence[Span]] = [() for _ in texts] if self.mention_model else find_people(texts)
        predicted = self.mention_model.predict(texts) if self.mention_model else [[] for _ in texts]
        for document, persons, proposed in zip(documents, people, predicted, strict=True):
            yield read_document(document, self.lexicon, people=persons, predicted=self.proposals(document.text, proposed), judge=self.judge)

    def proposals(self, text: str, predicted: Sequence[PredictedMention]) -> list[Mention]:
        """What the model found, as mentions without an entity."""
        method = self.mention_model.name_version if self.mention_model else ""
        return [Mention(p.span, p.label, p.span.quote(text), "", method, p.score) for p in predicted]


def read_document(
    document: Document,
    lexicon: Lexicon,
    *,
    people: Sequence[Span] = (),
    predicted: Sequence[Mention] = (),
    judge: Judge | None = None,
) -> DocumentFacts:
    """What one document states.

    Args:
        document: cleaned text with its metadata.
        lexicon: gazetteers, words and patterns.
        people: spans of people's names.
        predicted: mentions that a model proposes.
        judge: relation scorer beside the rules; None leaves the rules alone.
    """
    text, sentences, places = document.text, split_sentences(document.text), find_places(document.text)
    found = find_mentions(text, sentences, lexicon, predicted=predicted, people=people, places=places)
    mentions, grouped = group_mentions(text, trim_countries(text, found, places), lexicon)
    entities = {entity.key: entity for entity in locate(text, grouped, mentions, places, sentences, lexicon)}
    published, dates = read_dates(document, mentions)
    reading = Reading(document, sentences, mentions, entities, dates, lexicon)
    return assemble(reading, published, judge)


def read_dates(document: Document, mentions: Sequence[Mention]) -> tuple[str | None, list[DatedExpression]]:
    """Publication date (metadata, else header) and every date of a document; names with a number are no dates."""
    header = find_publication_date(document.text)
    published = document.published_on or (header[0].isoformat() if header else None)
    reference = date.fromisoformat(published[:10]) if published and len(published) >= 10 else None
    masks = [m.span for m in mentions if m.label in (Label.PROGRAMME, Label.PROJECT) and m.score > WEAK]
    dates = find_dates(document.text, reference=reference, masks=masks)
    told = (partial_date(when) for when in dates if when.role == "published" and when.type == "DATE")
    return published or next((day for day in told if day), None), dates


def assemble(reading: Reading, published: str | None, judge: Judge | None) -> DocumentFacts:
    """All facts of a reading, weak mentions that no fact uses left out."""
    links = judge.links(reading) if judge else None
    projects = find_projects(reading)
    if judge and links:
        projects = judge_members(reading, projects, links, judge.limits["member"])
    agreements, refusals = find_agreements(reading, member_keys(projects))
    funding = find_funding(reading)
    if judge and links:
        agreements = judge_agreements(reading, agreements, projects, links, judge.limits["agreement"])
        funding = judge_funding(reading, funding, links, judge.limits["funding"])
    declared = find_counts(reading, agreements, projects)
    used = keys_used(agreements, projects, funding)
    kept = [m for m in reading.mentions if m.score > WEAK or m.entity in used]
    placed = judge_places(reading, links, judge.limits["located"]) if judge and links else reading.entities
    entities, kept = without_doubtful_clusters([placed[key] for key in dict.fromkeys(m.entity for m in kept)], kept)
    tokens_read = sum(len(sentence.span.quote(reading.text).split()) for sentence in reading.sentences)
    return DocumentFacts(
        reading.document.document_id, published, tuple(entities), tuple(kept), tuple(reading.dates), tuple(agreements), tuple(projects),
        tuple(funding), tuple(declared), len(reading.text.split()), tokens_read, tuple(refusals),
    )  # fmt: skip


def keys_used(agreements: Sequence[Agreement], projects: Sequence[Project], funding: Sequence[Funding]) -> set[str]:
    """Keys of every entity that a fact refers to."""
    keys = {key for a in agreements for key in (*a.signatories, *a.counterparts, a.project)}
    keys |= {key for p in projects for key in (p.entity, *(m.organisation for m in p.members))}
    keys |= {key for f in funding for key in (f.beneficiary, f.programme, f.funder)}
    return {key for key in keys if key is not None}


@cache
def load_extractor(models: Path = MODELS) -> Extractor:
    """The extractor of a models folder, loaded once per process."""
    config = read_config(models / CONFIG)
    lexicon = load_lexicon(models)
    mentions = load_mention_model(models, config["mentions"]) if config.get("mentions") else None
    return Extractor(lexicon, mentions, load_judge(models, config) if config.get("judging") else None)


def read_config(path: Path) -> dict[str, Any]:
    """`models/config.yaml`: which trained models are used.

    Raises:
        LexiconError: the file is missing or no mapping.
    """
    config = yaml.safe_load(read_text(path))
    if not isinstance(config, dict):
        raise LexiconError(f"{path}: expected the entries `mentions` and `relations`")
    return config


def extract_documents(documents: Iterable[Document], *, models: Path = MODELS, workers: int = 1) -> Iterator[DocumentFacts]:
    """Facts of many documents, in order, batch by batch.

    Args:
        documents: cleaned documents in French.
        models: folder of word lists and trained models.
        workers: processes; 1 stays in this one.
    """
    batches = batched(documents)
    if workers <= 1:
        for batch in batches:
            yield from load_extractor(models).extract(batch)
        return
    with ProcessPoolExecutor(min(workers, os.cpu_count() or 1)) as pool:
        for facts in pool.map(extract_batch, batches, repeat_path(models)):
            yield from facts


def repeat_path(models: Path) -> Iterator[Path]:
    """The same path for ever, for `map`."""
    while True:
        yield models


def batched(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in batches."""
    rest = iter(documents)
    while batch := list(islice(rest, BATCH)):
        yield batch


def extract_batch(documents: list[Document], models: Path) -> list[DocumentFacts]:
    """Facts of one batch, in whatever process runs it."""
    return list(load_extractor(models).extract(documents))
