"""Cleaned text → language and confidence.

langdetect with a fixed seed, on a sample: the same text gives the same answer in every run. A first look joins short stretches from all
over the text. When it is not sure, or finds another language, each of several longer stretches is asked on its own and the probabilities
are averaged, so that an English quote or a forgotten menu does not turn a French page away.
"""

from dataclasses import dataclass
from functools import lru_cache

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from pipeline.documents.rules import LanguageRules, read_rules

SEED = 0
UNKNOWN = "und"


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1 code (`und` when no language is recognised) and probability, 0 to 1."""

    code: str
    confidence: float


def detect_language(text: str, *, rules: LanguageRules | None = None) -> Language:
    """Language of a text.

    Args:
        text: cleaned text.
        rules: sampling and thresholds, those of `models/documents/` by default.

    Returns:
        The most probable language; the wanted one already when it reaches its threshold.
    """
    rules = rules or read_rules().thresholds.language
    first = probabilities("\n".join(stretches(text, rules.stretches, rules.stretch_characters)))
    if first.get(rules.wanted, 0.0) >= rules.sure:
        return Language(rules.wanted, round(first[rules.wanted], 4))
    return decide(second_look(text, rules), rules)


def second_look(text: str, rules: LanguageRules) -> dict[str, float]:
    """Mean probabilities over longer stretches; a stretch without words has no say."""
    looks = [look for part in stretches(text, rules.second_stretches, rules.second_stretch_characters) if (look := probabilities(part))]
    codes = sorted({code for look in looks for code in look})
    return {code: sum(look.get(code, 0.0) for look in looks) / len(looks) for code in codes}


def decide(found: dict[str, float], rules: LanguageRules) -> Language:
    """The wanted language if it reaches its threshold, else the most probable one."""
    if found.get(rules.wanted, 0.0) >= rules.threshold:
        return Language(rules.wanted, round(found[rules.wanted], 4))
    code, confidence = max(found.items(), key=lambda pair: (pair[1], pair[0]), default=(UNKNOWN, 0.0))
    return Language(code, round(confidence, 4))


def stretches(text: str, number: int, length: int) -> list[str]:
    """Up to `number` stretches of about `length` code points, evenly spread, cut between words; a short text is one stretch."""
    if len(text) <= number * length:
        return [text]
    step = (len(text) - length) / max(1, number - 1)
    return [whole_words(text, round(index * step), length) for index in range(number)]


def whole_words(text: str, start: int, length: int) -> str:
    """The stretch without the word that its start or end cuts."""
    part = text[start : start + length]
    words = part.split()
    first = 1 if start > 0 and not text[start - 1].isspace() else 0
    return " ".join(words[first:-1]) if len(words) > 3 else part


def probabilities(text: str) -> dict[str, float]:
    """Probability of each language that langdetect considers; empty when it finds no letters to judge by."""
    detector = factory().create()
    detector.append(text.lower() if text.isupper() else text)
    try:
        return {found.lang: found.prob for found in detector.get_probabilities()}
    except LangDetectException:
        return {}


@lru_cache(maxsize=1)
def factory() -> DetectorFactory:
    """The profiles of langdetect, loaded once (0.3 s), seeded."""
    DetectorFactory.seed = SEED
    loaded = DetectorFactory()
    loaded.load_profile(PROFILES_DIRECTORY)
    return loaded
