"""Bytes and pages → cleaned text: encodings, characters, lists, tables, titles and dates."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import DocumentError
from pipeline.documents.clean import CleanText, clean, normalise
from pipeline.documents.decode import decode
from pipeline.documents.raw import RawDocument
from pipeline.documents.rules import read_rules
from pipeline.documents.when import calendar_day

ENCODINGS = read_rules().thresholds.encodings
FRENCH = "Le pôle a signé « l’accord » à Évreux, cœur de l’été : 3 000 € — dès août… où ça ? Là-bas, à Besançon, naïfs et dîners.\n"


def cleaned(content: bytes | str, **details: str) -> CleanText:
    data = content.encode() if isinstance(content, str) else content
    form = details.pop("form", "text")
    return clean(RawDocument("a", data, "html" if form == "html" else "text", **details))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac-roman"], ids=lambda name: name
)
@pytest.mark.parametrize("times", [1, 30])
def test_every_usual_encoding_is_read_rightly(encoding: str, times: int) -> None:
    assert decode((FRENCH * times).encode(encoding), encodings=ENCODINGS) == FRENCH * times


def test_latin_9_and_its_euro() -> None:
    text = "Une aide de 500 € à la filière, œuvre de l'été\n"
    assert decode(text.encode("iso8859-15"), encodings=ENCODINGS, charset="iso-8859-15") == text


@pytest.mark.parametrize("through", ["cp1252", "latin-1"])
def test_mojibake_is_undone(through: str) -> None:
    text = "La forêt a été plantée, la clé est à Évreux et l'hôtel à Mâcon."
    assert decode(text.encode().decode(through).encode(), encodings=ENCODINGS) == text


@pytest.mark.parametrize("text", ["L'Âge d'or, Ça va", "São Paulo et Ålesund", "MÃO de obra", "prix : 5 â 6", "Ã la carte"])
def test_what_only_resembles_mojibake_stays(text: str) -> None:
    assert decode(text.encode(), encodings=ENCODINGS) == text


def test_a_stray_old_byte_in_utf8_is_read() -> None:
    content = (FRENCH * 3).encode() + "né d'hier".encode("cp1252")
    assert decode(content, encodings=ENCODINGS).endswith("né d'hier")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the document is empty"),
        (b" \r\n\t", "the document is empty"),
        (b"\x00" * 50, "the document is empty"),
        (b"%PDF-1.7 abc", "not a text: the content is a PDF file"),
        (b"PK\x03\x04abc", "not a text: the content is a ZIP archive"),
        (bytes(range(256)) * 4, "control codes"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(reason)):
        decode(content, encodings=ENCODINGS)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_text_or_a_refusal(content: bytes) -> None:
    found = text_or_refusal(content)
    found.encode("utf-8")
    assert found
    assert "\r" not in found


def text_or_refusal(content: bytes) -> str:
    try:
        return clean(RawDocument("a", content, "text")).text
    except DocumentError as error:
        return str(error)


@given(st.text(max_size=300))
def test_normalised_text_is_stable_valid_and_visible(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & set("\r\x00\u00a0\u202f\u200b\u00ad\ufeff")
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("12\u00a0000\u202f€", "12 000 €"),
        ("Lyon\u00adbio\u200bpôle", "Lyonbiopôle"),
        ("e\u0301te\u0301", "été"),
        ("seul \ud83d", "seul \ufffd"),
    ],
)
def test_spaces_line_ends_and_invisible_characters(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_entities_in_plain_text_are_read_and_names_with_ampersands_stay() -> None:
    text = cleaned("Le p&ocirc;le Beijing B&R &amp; Cie a sign&eacute; un accord de R&D; voil&agrave;.").text
    assert text == "Le pôle Beijing B&R & Cie a signé un accord de R&D; voilà."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12 34 56 ?!", "fewer than 20 letters"),
        ("visuel\nPartager sur Facebook\n0 commentaire", "nothing is left once menus"),
        ("mot " * 200_000, "the text has 799,999 characters, the limit is 500,000"),
        ("x" * 5_000_001, "larger than the limit of 5,000,000 bytes"),
    ],
    ids=lambda value: value[:12],
)
def test_too_little_and_too_much(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        cleaned(text)


PAGE = "<html><head><title>T</title>{head}</head><body><main><h1>Un pôle et ses amis</h1>{body}</main></body></html>"
PROSE = "<p>Le pôle Novalim a signé une entente avec quatre partenaires étrangers, à l'issue d'une longue mission.</p>"


def page(body: str, head: str = "", **details: str) -> CleanText:
    return cleaned(PAGE.format(head=head, body=body), form="html", **details)


def test_lists_and_tables_of_a_page_stay() -> None:
    body = (
        PROSE
        + "<ul><li>Biominas<ul><li>São Paulo</li></ul></li><li>Hanbit <b>Hub</b></li></ul>"
        + "<table><tr><th>Nom</th><th>Pays</th></tr><tr><td>Alpha</td><td>Chili</td></tr></table>"
    )
    lines = page(body).text.split("\n")
    assert lines[0] == "Un pôle et ses amis"
    assert lines[4:7] == ["- Biominas", "  - São Paulo", "- Hanbit Hub"]
    assert lines[-2:] == ["Nom | Pays", "Alpha | Chili"]


def test_a_table_that_lays_out_an_old_page_is_no_table() -> None:
    inner = "<table><tr><td>Alpha</td><td>Chili</td></tr><tr><td>Bêta</td><td>Pérou</td></tr></table>"
    found = cleaned(f"<body><table><tr><td><h1>Nos amis</h1>{PROSE}{inner}{PROSE}</td></tr></table></body>", form="html").text
    assert found.startswith("Nos amis\n\nLe pôle Novalim")
    assert "Alpha | Chili\nBêta | Pérou" in found


@pytest.mark.parametrize(
    "content",
    [
        f"<p>{PROSE}<div><b>Mal fermé{PROSE}",
        f"{PROSE}</div></span></table>",
        f"<html><body>{PROSE}<ul><li>un<li>deux</body>",
        f"<div>{PROSE}</div>",
        f"<!-- <body> --><BODY>{PROSE}",
        f"<html><body>\x16{PROSE}</body></html>",
        f"<html><head><title>Jamais fermé</tit></head><body>{PROSE}</body></html>",
        f"<html><body>{'<div>' * 100}{PROSE}",
    ],
)
def test_broken_html_still_gives_its_text(content: str) -> None:
    assert "Novalim a signé une entente" in cleaned(content, form="html").text


def test_a_list_that_extraction_drops_is_put_back_and_links_are_not() -> None:
    links = "<ul><li><a href='/a'>Un autre article sur le sujet</a></li><li><a href='/b'>Encore un autre</a></li></ul>"
    lines = "".join(f"<li>Pôle {name}</li>" for name in ("Alpha", "Bêta", "Gamma"))
    table = "<table><tr><td>Alpha</td><td>2012</td></tr><tr><td>Bêta</td><td>2013</td></tr></table>"
    found = page(
        f"{PROSE}<div><ul>{lines}</ul></div>{PROSE.replace('quatre', 'trois')}{table}<p>Voilà tout ce qu'il y a à dire.</p>{links}"
    ).text
    assert "mission.\n\n- Pôle Alpha\n- Pôle Bêta\n- Pôle Gamma\n\nLe pôle" in found
    assert "Alpha | 2012\nBêta | 2013\n\nVoilà" in found
    assert "Un autre article" not in found


@pytest.mark.parametrize(
    "content", ["<html></html>", "<body><script>var a = 1;</script></body>", "<", "<!doctype html>", "<html><body><nav>Accueil"]
)
def test_a_page_without_text_is_refused(content: str) -> None:
    with pytest.raises(DocumentError):
        cleaned(content, form="html")


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ('<meta property="article:published_time" content="2019-03-14T23:30:00+01:00">', "2019-03-14"),
        ('<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2021-09-07T08:00:00Z"}</script>', "2021-09-07"),
        ("", None),
    ],
)
def test_the_publication_date_is_that_of_the_metadata(head: str, day: str | None) -> None:
    assert page(PROSE, head).published_on == day


def test_what_the_source_says_outranks_the_page() -> None:
    found = page(PROSE, '<meta property="og:site_name" content="Site">', title="Autre titre", published_on="2020-02", publisher="Nous")
    assert (found.title, found.published_on, found.publisher) == ("Autre titre", "2020-02", "Nous")
    assert found.text.startswith("Autre titre\n\n")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2019", "2019"),
        ("2019-03", "2019-03"),
        ("2019-03-14", "2019-03-14"),
        ("2019-03-14T23:30:00-05:00", "2019-03-14"),
        ("2019-03-14 08:00", "2019-03-14"),
        ("14/03/2019", "2019-03-14"),
        ("1.3.2019", "2019-03-01"),
        ("Thu, 14 Mar 2019 23:30:00 +0100", "2019-03-14"),
        ("14 mars 2019", "2019-03-14"),
        ("jeudi 14 mars 2019", "2019-03-14"),
        ("2019-13-45", None),
        ("31/02/2019", None),
        ("hier", None),
        ("mars", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_of_metadata(words: str | None, day: str | None) -> None:
    assert calendar_day(words) == day


@given(st.text(max_size=30))
def test_any_words_are_a_date_or_none(words: str) -> None:
    found = calendar_day(words)
    assert found is None or found[:4].isdigit()
