"""Which language a text is in, and how sure that is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.language import Language, detect_language, stretches

FR = (
    "Le pôle de compétitivité a signé hier un accord de coopération avec son homologue norvégien. Les deux réseaux veulent rapprocher "
    "leurs entreprises, leurs laboratoires et leurs écoles, et monter ensemble des projets sur les protéines marines. "
)
EN = (
    "The two clusters have agreed to share their laboratories for two years, and to send their members on joint missions. "
    "We are delighted to welcome our new partners, said the chairwoman of the board. "
)
TEXTS = {
    "fr": FR,
    "en": EN,
    "de": "Das Netzwerk und der Cluster haben gestern eine Vereinbarung über die Zusammenarbeit ihrer Mitglieder unterzeichnet.",
    "es": "El clúster y la red han firmado ayer un acuerdo de cooperación para que sus empresas trabajen juntas dos años.",
    "it": "Il distretto e la rete hanno firmato ieri un accordo di collaborazione, perché le loro imprese lavorino insieme per due anni.",
    "nl": "Het netwerk en de cluster hebben gisteren een overeenkomst getekend, zodat hun bedrijven twee jaar lang kunnen samenwerken.",
    "ar": "وقعت الشبكتان أمس اتفاقية تعاون بين الشركات والمختبرات لمدة سنتين في مدينة الدار البيضاء",
    "ja": "両クラスターは昨日、二年間の協力協定に調印し、会員企業と研究所の連携を進めることで合意しました。",
}


@pytest.mark.parametrize("code", TEXTS)
def test_languages_are_told_apart(code: str) -> None:
    found = detect_language(TEXTS[code])
    assert found.code == code
    assert 0.9 < found.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        FR * 2 + EN + FR * 2,
        EN + FR * 3,
        FR * 3 + EN,
        "About us | Share | Read more | Terms and conditions\n" + FR * 2 + "\nLeave a comment. Your email address will not be published.",
        FR.upper(),
        "Beijing B&R International Co-Incubation, Tsinghua University Institute of Internet Industry, Medical Alley Association, Shulan "
        "Health Group, China Association for Medical Devices Industry : voici la liste des organismes avec qui ces accords ont été signés. "
        + FR,
    ],
)
def test_french_with_english_in_it_stays_french(text: str) -> None:
    found = detect_language(text)
    assert found.code == "fr"
    assert found.confidence >= 0.5


@pytest.mark.parametrize("text", [EN * 4 + FR, EN * 2 + "« Bienvenue à tous », dit-elle. " + EN * 2])
def test_english_with_a_french_quote_stays_english(text: str) -> None:
    assert detect_language(text).code == "en"


@pytest.mark.parametrize("text", ["", "   ", "12 34 56", "!!! ??? …"])
def test_no_words_no_language(text: str) -> None:
    assert detect_language(text) == Language("und", 0.0)


@pytest.mark.parametrize("text", [*TEXTS.values(), FR + EN, EN + FR])
def test_the_answer_is_always_the_same(text: str) -> None:
    assert len({detect_language(text) for _ in range(3)}) == 1


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    assert 0 <= detect_language(text).confidence <= 1


@given(st.text(max_size=500), st.integers(1, 6), st.integers(1, 80))
def test_stretches_are_bounded_and_taken_from_the_text(text: str, number: int, length: int) -> None:
    parts = stretches(text, number, length)
    assert 1 <= len(parts) <= number
    assert sum(map(len, parts)) <= number * length
    words = set(" ".join(text.split()))
    assert all(set(" ".join(part.split())) <= words for part in parts)
