"""Basis, guess, days covered, roles, masks and publication dates."""

from datetime import date

import pytest

from pipeline.core.facts import Span
from pipeline.extraction.dates import find_dates, find_publication_date, scan
from pipeline.extraction.dates.calendar import days_covered, easter
from pipeline.extraction.dates.numerals import read_numeral

DAYS = [
    ("2018-11-12", (2018, 11, 12), (2018, 11, 12)),
    ("2018-02", (2018, 2, 1), (2018, 2, 28)),
    ("2018", (2018, 1, 1), (2018, 12, 31)),
    ("199", (1990, 1, 1), (1999, 12, 31)),
    ("19", (1900, 1, 1), (1999, 12, 31)),
    ("2018-Q2", (2018, 4, 1), (2018, 6, 30)),
    ("2018-H2", (2018, 7, 1), (2018, 12, 31)),
    ("2018-W10", (2018, 3, 5), (2018, 3, 11)),
    ("2018-W10-WE", (2018, 3, 10), (2018, 3, 11)),
    ("2018-WI", (2018, 12, 1), (2019, 2, 28)),
    ("2014-05-12/2014-05-15", (2014, 5, 12), (2014, 5, 15)),
    ("2012/2014", (2012, 1, 1), (2014, 12, 31)),
]


@pytest.mark.parametrize(("value", "first", "last"), DAYS)
def test_days_covered(value: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert days_covered(value) == (date(*first), date(*last))


@pytest.mark.parametrize("value", ["2018-02-30", "2018-13", "P2Y", "2019/2018", "2018-W60"])
def test_no_days_of_what_no_calendar_has(value: str) -> None:
    with pytest.raises(ValueError, match="."):
        days_covered(value)


@pytest.mark.parametrize(("year", "month", "day"), [(2009, 4, 12), (2016, 3, 27), (2024, 3, 31), (2038, 4, 25)])
def test_easter(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("pieces", "value", "taken"),
    [
        ([20, 1], 21, 2),
        ([60, 10], 70, 2),
        ([4, 20, 10, 9], 99, 4),
        ([2, 1000, 10, 8], 2018, 4),
        ([3, 4], 3, 1),
        ([1000, 9, 100, 80], 1980, 4),
    ],
)
def test_numerals(pieces: list[int], value: int, taken: int) -> None:
    assert read_numeral(pieces) == (value, taken)


BASES = [
    ("Signé le 3 mars 2018.", None, "explicit", False),
    ("Signé hier.", "2018-05-04", "publication", False),
    ("L'accord sera signé en juin.", "2018-05-04", "publication", False),
    ("Janvier : rien de neuf.", "2018-05-04", "publication", True),
    ("Ouvert le 4 février 2013 et fermé le 9 juin.", "2018-05-04", "document", False),
]


@pytest.mark.parametrize(("text", "reference", "basis", "guess"), BASES)
def test_basis_and_guess(text: str, reference: str | None, basis: str, guess: bool) -> None:
    last = find_dates(text, reference=date.fromisoformat(reference) if reference else None)[-1]
    assert (last.basis, last.guess) == (basis, guess)


ROLES = [
    ("L'accord a été signé le 3 mars 2018.", "signed"),
    ("Le partenariat engagé depuis 2012 porte ses fruits.", "since"),
    ("Le projet, lancé début 2018, avance.", "project_start"),
    ("Le projet s'achève en juin 2019.", "project_end"),
    ("Le projet est cofinancé de janvier 2016 à janvier 2018.", "project_period"),
    ("Un projet lancé pour une durée de deux ans.", "project_duration"),
    ("L'accord vaut pour une durée de deux ans.", "agreement_duration"),
    ("La réunion s'est tenue le 3 mars 2018.", "event"),
    ("Le pôle compte 200 membres en 2018.", "other"),
    ("Namur, le 3 mars 2018 – Le pôle annonce.", "published"),
]


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_role(text: str, role: str) -> None:
    assert [expression.role for expression in find_dates(text)] == [role]


PUBLISHED = [
    ("Le 12 novembre 2018 – Le pôle annonce un accord.", "2018-11-12"),
    ("BROMONT (Québec), le 23 mars 2021 – Deux réseaux signent.", "2021-03-23"),
    ("Titre du texte\n\nRimouski, 17 septembre 2009 (APQ) – Le pôle signe.", "2009-09-17"),
    ("Titre du texte\n\nSaint-Étienne, le 3 février 2014. L'école signe.", "2014-02-03"),
    ("INNOVATION | 4 mai 2018 | Lecture : 2 min\n\nLe pôle signe.", "2018-05-04"),
    ("ACTUALITÉS / EUROPE\n03/06/2020\n\nLe pôle signe.", "2020-06-03"),
    ("Accueil > Industrie\nMercredi 9 avril 2025\n\nLe pôle signe.", "2025-04-09"),
    ("Publié le 03/06/2020 à 10h\nLe pôle signe.", "2020-06-03"),
    ("Publié le 3 juin 2020, mis à jour le 5 juin 2020\nLe pôle signe.", "2020-06-03"),
    ("Paris, le 3 févr. 2016 - Le pôle annonce un accord.", "2016-02-03"),
    ("Le pôle signe un accord avec deux grappes.\n\n(Édition du jeudi 5 mars 2026)", "2026-03-05"),
    ("Le pôle signe un accord avec deux grappes.\n\n18 mars 2009", "2009-03-18"),
    ("Le pôle signe un accord.\n\nFait à Liège, le 3 mars 2018", "2018-03-03"),
    ("Le pôle a signé un accord le 3 mars 2018 à Lyon.", None),
    ("Le 3 mars 2018, le pôle a signé un accord à Lyon.", None),
    ("La Lettre du pin\nN° 88, 22 mars 2018\n\nLe pôle signe.", "2018-03-22"),
    ("L'actualité du textile en bref, 4 octobre 2016\n\nC'est signé.", "2016-10-04"),
    ("EN BREF                         27 septembre 2012\n\nC'est signé.", "2012-09-27"),
    ("J'ai survécu\n\nBillet du 17 novembre 2022\n\nLundi, Bruxelles.", "2022-11-17"),
    ("Menu\n\nNews du 30.09.2021\n\nUn solvant.", "2021-09-30"),
    ("Le numérique s'organise\n\nToulÉco, 24/11/2017, par Nadia F.\n\nUn projet.", "2017-11-24"),
    ("Le fleuve\n\nJeudi 24 novembre 2016, Cayenne – L. H.\n\nUn groupe.", "2016-11-24"),
    ("Pacte\n\n(Ébène, 16 mai 2018) Un pacte lie le pôle.", "2018-05-16"),
    ("BÉJAÏA (10 avril 2025). Le cluster accueille un adhérent.", "2025-04-10"),
    ("La trottinette\n\n18/03/2021. Une lectrice m'écrit.", "2021-03-18"),
    ("Entretien.\n\nPropos recueillis à Égletons, publiés le 14 février 2014.\n\nUn regret ?", "2014-02-14"),
    ("BELFORT – Trois grappes se lient, a-t-on appris mardi 12 avril 2022 auprès d'elles.", "2022-04-12"),
    ("Le pôle signe un accord.\n\n5 décembre 2018, M. El A.", "2018-12-05"),
    ("Le pôle signe un accord.\n\n8 février 2023, page 6", "2023-02-08"),
    ("Titre\n\nLe pôle a reçu Lyon, 4 mai 2018, une grappe et un accord.", None),
    ("La lettre – octobre 2018\n\nLe pôle signe.", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "day"), PUBLISHED)
def test_publication_date(text: str, day: str | None) -> None:
    published = find_publication_date(text)
    assert (published[0].isoformat() if published else None) == day


def test_a_masked_event_tells_the_year_of_its_document() -> None:
    text = "À Chicago, où se tenait BIO 2010, le pôle a paraphé le 4 mai une lettre."
    start = text.index("BIO")
    masked = find_dates(text, masks=[Span(start, start + 8)])
    assert [expression.value for expression in masked] == [expression.value for expression in find_dates(text)] == ["2010-05-04"]


def test_a_masked_programme_tells_no_year() -> None:
    assert find_dates("Grâce à Horizon 2020, le pôle a paraphé le 4 mai une lettre.") == []


def test_rejections_say_why() -> None:
    reasons = {rejection.reason for rejection in scan("Marie, 42 ans, vit hier. Tous les deux ans, 2000 entreprises.").rejections}
    assert reasons == {"an age", "no reference date", "a set of times", "an amount"}
