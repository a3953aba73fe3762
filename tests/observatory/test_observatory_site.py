"""Building: a new folder, one switch, nothing twice; labels in both languages; values as readers see them."""

import re

import dagster as dg
import pytest
import site_rows
from click.testing import CliRunner
from jinja2 import UndefinedError

from pipeline.cli import main
from pipeline.core.errors import VersionError
from pipeline.core.schema import AGREEMENT_KINDS, AGREEMENT_STATUSES, DATE_ROLES, MEMBER_ROLES, ORGANISATION_KINDS
from pipeline.observatory import network
from pipeline.observatory import site as building
from pipeline.observatory.formats import amount, moment, term
from pipeline.observatory.labels import country_key, labels
from pipeline.observatory.passages import Piece, pieces
from pipeline.observatory.reading import queries
from pipeline.observatory.site import build_site
from pipeline.workflow.assets import observatory
from pipeline.workflow.resources import Settings


def test_the_command_says_where_the_site_is(outputs):
    result = CliRunner().invoke(main, ["observatory", "--outputs", str(outputs)])
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"\d+ pages: open .*/site/index\.html\n", result.output)


def test_nothing_published_is_told_plainly(tmp_path):
    result = CliRunner().invoke(main, ["observatory", "--outputs", str(tmp_path)])
    assert result.exit_code == 3
    assert "nothing is published" in result.output


def test_an_equal_site_is_not_written_again(outputs):
    first = build_site(outputs)
    written = first.entry.stat().st_mtime_ns
    assert build_site(outputs) == first
    assert first.entry.stat().st_mtime_ns == written


def test_the_site_may_be_elsewhere(outputs, tmp_path):
    made = build_site(outputs, tmp_path / "public")
    assert (tmp_path / "public").resolve() == made.folder
    assert made.entry.is_file()


def test_a_folder_in_its_place_is_left_alone(outputs, tmp_path):
    (tmp_path / "public").mkdir()
    with pytest.raises(VersionError, match="not a link that Passerelle made"):
        build_site(outputs, tmp_path / "public")


def test_half_a_site_is_never_seen_and_cleared_away(tmp_path, monkeypatch):
    site_rows.publish(tmp_path, agreements=2)
    before = build_site(tmp_path)
    site_rows.publish(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(building, "index_script", failing)
        with pytest.raises(UndefinedError):
            build_site(tmp_path)
    assert (tmp_path / "site").resolve() == before.folder
    (tmp_path / "sites" / ".site-of-a-killed-process.new").mkdir()
    after = build_site(tmp_path)
    assert sorted(path.name for path in after.folder.parent.iterdir() if path.name != ".lock") == sorted(
        [before.folder.name, after.folder.name]
    )


def failing(catalogue):
    raise UndefinedError("the disk is gone")


def test_the_site_before_stays_for_its_readers_and_older_ones_go(tmp_path):
    for number in (1, 2, 3):
        site_rows.publish(tmp_path, agreements=number)
        build_site(tmp_path)
    assert len(list((tmp_path / "sites").glob("site-*"))) == 2


def test_the_same_version_gives_the_same_bytes(outputs, tmp_path):
    one, other = (build_site(outputs, tmp_path / name).folder for name in ("one", "other"))
    files = {path.relative_to(one): path.read_bytes() for path in one.rglob("*") if path.is_file()}
    assert files == {path.relative_to(other): path.read_bytes() for path in other.rglob("*") if path.is_file()}


def test_the_overview_is_small(site):
    assert (site / "index.html").stat().st_size < 1_000_000


def test_no_machine_is_named(outputs, site):
    assert all(str(outputs).encode() not in path.read_bytes() for path in site.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("kind", AGREEMENT_KINDS),
        ("status", AGREEMENT_STATUSES),
        ("orgkind", ORGANISATION_KINDS),
        ("role", MEMBER_ROLES),
        ("date", DATE_ROLES),
    ],
)
def test_every_value_of_the_schema_has_a_label(prefix, values):
    assert {f"{prefix}.{value}" for value in values} <= set(labels())


def test_every_label_has_both_languages():
    assert all(label.fr and label.en for label in labels().values())
    assert len(set(labels())) == len(labels())


@pytest.mark.parametrize(("code", "key"), [("DE", "country.DE"), (None, "country.none"), ("<b>", "country.none"), ("de", "country.none")])
def test_a_country_has_a_label(code, key):
    assert country_key(code) == key


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2018-11-12", '<time datetime="2018-11-12">12 novembre 2018</time>'),
        ("2016-01", '<time datetime="2016-01">janvier 2016</time>'),
        ("2012", '<time datetime="2012">2012</time>'),
        ("2018-13", "2018-13"),
        ("<b>", "&lt;b&gt;"),
        (None, ""),
    ],
)
def test_a_date_is_as_precise_as_it_is(value, shown):
    assert moment(value) == shown


@pytest.mark.parametrize(
    ("value", "currency", "shown"), [(920000.0, "EUR", "920 000 €"), (1.5, "CHF", "1,5 CHF"), (7.0, "<b>", "7"), (None, "EUR", "")]
)
def test_money_is_told_in_its_currency(value, currency, shown):
    assert re.sub(r"<[^>]*>", "", amount(value, currency)).replace("\u202f", " ").replace("\xa0", " ") == shown


def test_a_value_without_a_label_stands_for_itself():
    assert term("count", "<b>") == "&lt;b&gt;"


def test_overlapping_quotes_are_marked_once():
    class Span:
        def __init__(self, start, end):
            self.start, self.end = start, end

    cut = list(pieces("abcdefgh", [Span(1, 5), Span(3, 6)], [{"char_start": 7, "char_end": 8}]))
    assert "".join(piece.text for piece in cut) == "abcdefgh"
    assert cut[0] == Piece((), "a", marked=False)
    assert "".join(piece.text for piece in cut if piece.marked) == "bcdef"
    assert [piece.anchors for piece in cut if piece.anchors] == [("c1-5",), ("c3-6",), ("c7-8",)]


def test_many_links_become_a_matrix_of_countries():
    rows = [link(f"org-{number}", f"org-x{number}", "DE" if number % 2 else None) for number in range(100)]
    shown = network.network({"links": rows, "country_links": rows})
    assert shown.grouped
    assert len({each.signatory for each in shown.links}) == network.GROUPED
    assert {each.counterpart.path for each in shown.links} == {"pays/DE.html", "pays/inconnu.html"}
    assert network.drawing(shown).count("<a ") == network.GROUPED


def test_an_empty_network_is_drawn():
    assert "<svg" in network.drawing(network.network({"links": [], "country_links": []}))


def link(signatory, counterpart, code):
    ends = {"signatory_id": signatory, "signatory": f"Pôle {signatory}", "counterpart_id": counterpart, "counterpart": counterpart}
    return {**ends, "country_code": code, "agreements": 1}


def test_every_query_reads_only():
    assert all(query.lstrip().upper().startswith("SELECT") for query in queries().values())


def test_the_asset_builds_the_site_of_what_is_published(outputs):
    settings = Settings(corpora=[], outputs=str(outputs))
    result = dg.materialize([observatory], resources={"settings": settings})
    (event,) = result.asset_materializations_for_node("observatory")
    assert event.metadata["pages"].value > 20
    assert (outputs / "site" / "index.html").is_file()
