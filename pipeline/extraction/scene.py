"""A trigger word in its sentence, with the parties around it, and the link that a construction gives to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.facts import Span
from pipeline.extraction.layout import Sentence
from pipeline.extraction.parties import Party
from pipeline.extraction.reading import Reading
from pipeline.extraction.triggers import Trigger

SOFT = ("agreement.verb.link", "agreement.partner.of", "agreement.verb.associate")
REACH = 200


@dataclass(frozen=True, slots=True)
class Scene:
    """A trigger in its sentence, the parties that the sentence names or refers to, and the members of known projects."""

    reading: Reading
    sentence: Sentence
    trigger: Trigger
    parties: Sequence[Party]
    members: dict[str, list[str]]

    @property
    def text(self) -> str:
        """The document's text."""
        return self.reading.text

    @property
    def at(self) -> Span:
        """Where the trigger stands."""
        return self.trigger.span

    @property
    def within(self) -> Span:
        """Where the sentence stands."""
        return self.sentence.span

    @property
    def reach(self) -> int:
        """How far behind the trigger its parties may stand."""
        return min(self.sentence.span.end, self.trigger.span.end + REACH)


@dataclass(frozen=True, slots=True)
class Link:
    """Two sides that a construction gives to a trigger, before status and dates; `construction` becomes part of the method."""

    signatories: tuple[str, ...]
    counterparts: tuple[str, ...]
    construction: str
