import base64
import datetime as dt
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT
from publication.documents.document import plain
from publication.plaquettes.assembly import build_plaquette
from publication.plaquettes.editorial import EditorialError, typed_figures
from publication.plaquettes.model import Block, Photo, Plaquette, Prose
from publication.plaquettes.pictures import PictureError, picture_size
from publication.plaquettes.production import Order, Workshop, produce
from publication.policy import Policy
from publication.release.gate import Gate
from tests.publication.candidate_fixture import build_candidate

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "editorial" / "2019" / "departement-62"
    folder.mkdir(parents=True)
    (folder / "foyer.png").write_bytes(PIXEL)
    return folder


def workshop(candidate: Path, tmp_path: Path, editorial: Path) -> Workshop:
    gate, day = Gate("publishable", frozenset(), (), ()), dt.date(2026, 11, 22)
    return Workshop(Order(Policy(candidate, 2019), ("complete",), tmp_path / "out", gate, "P1", day, {}, editorial))


def plaquette(shop: Workshop) -> Plaquette:
    return build_plaquette(shop.press, shop.plans["complete"], shop.edition.territories["DEP-62"])


def blocks(printed: Plaquette) -> list[Block]:
    return [
        placed.block
        for page in printed.pages
        for passage in page.passages
        for strip in passage.strips
        for _, column in strip.columns
        for placed in column
    ]


def test_quoted_figures_are_printed_as_published(candidate: Path, tmp_path: Path, texts: Path) -> None:
    (texts / "avant-propos.md").write_text(
        "# Merci\n\nEn 2018, **{{ figure:volunteers_activity_total }} bénévoles**, et {{ figure:EVS:fte_mean }} ETP "
        "par EVS (France : {{ figure:CS:fte_mean@national }}).\n",
        encoding="utf-8",
    )
    (said,) = [
        b
        for b in blocks(plaquette(workshop(candidate, tmp_path, texts.parents[1])))
        if b.kind == "prose" and b.title == "Merci"
    ]
    (words,) = said.paragraphs
    assert plain(words) == "En 2018, 1\u202f948 bénévoles, et 3,1 ETP par EVS (France\u202f: 25,0)."
    assert [run.figure for run in words if run.figure] == [
        "2019/DEP-62/CS/volunteers_activity_total",
        "2019/DEP-62/EVS/fte_mean",
        "2019/FR/CS/fte_mean",
    ]


def test_a_testimony_and_a_picture_are_blocks_of_their_own(candidate: Path, tmp_path: Path, texts: Path) -> None:
    (texts / "participation-1.md").write_text(
        '> On nous écoute.\n> — Nadia, habitante\n\n![Un foyer éclairé.](foyer.png "Le foyer")\n', encoding="utf-8"
    )
    printed = blocks(plaquette(workshop(candidate, tmp_path, texts.parents[1])))
    (quote,) = [b for b in printed if isinstance(b, Prose) and b.style == "quote"]
    (photo,) = [b for b in printed if isinstance(b, Photo)]
    assert plain(quote.paragraphs[0]) == "«\u202fOn nous écoute.\u202f»"
    assert quote.byline == "Nadia, habitante"
    assert (photo.alt, photo.caption, photo.format) == ("Un foyer éclairé.", "Le foyer", "png")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Nous comptons 1 948 bénévoles.", "ligne 1 : le nombre « 1 948 » est écrit à la main"),
        ("Bonjour.\n\nPlus de 40 % d'entre eux.", "ligne 3 : le nombre « 40 % » est écrit à la main"),
        ("![](foyer.png)", "l'image foyer.png n'a pas de texte alternatif"),
        ("![Un foyer](absent.png)", "l'image absent.png n'est pas dans le même dossier"),
        ("![Un foyer](../../../foyer.png)", "n'est pas dans le même dossier"),
        ("{{ figure:Budget total }} euros", "référence « Budget total » illisible"),
        ("---\nsignature: [a\n---\nBonjour.", "en-tête illisible"),
        ("Ils sont {{ figure:board_trained_total }}.", "un chiffre cité n'est pas publié pour Pas-de-Calais"),
    ],
)
def test_a_text_to_correct_refuses_the_plaquette_of_its_territory_alone(
    candidate: Path, tmp_path: Path, texts: Path, text: str, fault: str
) -> None:
    (texts / "projet.md").write_text(text, encoding="utf-8")
    shop = workshop(candidate, tmp_path, texts.parents[1])
    made = {one.slug: one for one in produce(shop, only=lambda found, _: found.territory_id in ("DEP-62", "DEP-04"))}
    refused, printed = made["plaquettes/departement/62"], made["plaquettes/departement/04"]
    assert (refused.state, printed.state) == ("refused", "printed")
    assert "2019/departement-62/projet.md" in refused.reason
    assert fault in refused.reason
    assert [path.name for path in sorted((tmp_path / "out" / "plaquettes" / "departement").iterdir())] == [
        "04.html",
        "04.pdf",
    ]


def test_a_long_text_flows_from_page_to_page_and_one_too_long_is_refused(
    candidate: Path, tmp_path: Path, texts: Path
) -> None:
    paragraph = "Ici, des habitants se retrouvent, s'entraident et montent des projets avec des bénévoles. " * 7
    (texts / "avant-propos.md").write_text("\n\n".join([paragraph] * 12), encoding="utf-8")
    shop = workshop(candidate, tmp_path, texts.parents[1])
    made = shop.make(("complete", "DEP-62"), {})
    assert (made.state, made.pages) == ("printed", 8)
    (texts / "avant-propos.md").write_text("\n\n".join([paragraph] * 120), encoding="utf-8")
    refused = shop.make(("complete", "DEP-62"), {})
    assert refused.state == "refused"
    assert "raccourcissez un des textes (avant-propos.md)" in refused.reason


def test_a_text_that_no_place_prints_is_refused(candidate: Path, tmp_path: Path, texts: Path) -> None:
    (texts / "preface.md").write_text("Bonjour.", encoding="utf-8")
    (texts / "moyens.md").write_bytes("Été".encode("latin-1"))
    shop = workshop(candidate, tmp_path, texts.parents[1])
    reason = shop.make(("complete", "DEP-62"), {}).reason
    assert "preface.md : n'est imprimé nulle part" in reason
    assert "moyens.md : illisible" in reason


def test_a_figure_that_is_not_published_is_named(candidate: Path, tmp_path: Path, texts: Path) -> None:
    (texts / "projet.md").write_text("Ils sont {{ figure:board_trained_total }}.", encoding="utf-8")
    with pytest.raises(EditorialError, match=r"Pas-de-Calais \(board_trained_total\)"):
        plaquette(workshop(candidate, tmp_path, texts.parents[1]))


@pytest.mark.parametrize(
    "text",
    [
        "En 2018 et 2019-2020",
        "le 12 mars",
        "les 11-17 ans",
        "à 18 h 30",
        "le 1er prix, la 3e fois",
        "trois ans, 2 salles",
    ],
)
def test_years_dates_ages_and_ranks_may_be_typed(text: str) -> None:
    assert typed_figures(text) == []


def test_numbers_that_look_like_figures_are_found() -> None:
    assert typed_figures("12 bénévoles, 3,5 ETP, 27 M€ et 2000 habitants") == ["12", "3,5", "27 M€", "2000"]


def test_the_bundled_example_is_only_printed_with_demonstration_data(candidate: Path, tmp_path: Path) -> None:
    shop = workshop(candidate, tmp_path, PROJECT_ROOT / "editorial")
    shop.editorial.check(shop.edition.territories["DEP-62"])
    assert any(isinstance(block, Photo) for block in blocks(plaquette(shop)))
    real = workshop(build_candidate(tmp_path / "real", demo=False), tmp_path, PROJECT_ROOT / "editorial")
    assert not any(isinstance(block, Photo) for block in blocks(plaquette(real)))


def test_pictures_tell_their_size() -> None:
    assert picture_size(PIXEL) == ("png", 1, 1)
    jpeg = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x0b\x08\x00\x20\x00\x40\x01\x01\x11\x00"
    assert picture_size(jpeg) == ("jpeg", 64, 32)
    with pytest.raises(PictureError, match="JPEG ou en PNG"):
        picture_size(b"GIF89a")
