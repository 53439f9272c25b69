from decimal import Decimal

import pytest

from publication.candidate import Figure
from publication.documents.document import plain
from publication.documents.plans import read_house
from publication.documents.wording import WordingError, worded

HOUSE = read_house()
NAMES = {"data_year": "2018", "demo_sentence": ""}


def figure(structure_type: str, indicator: str, value: str, unit: str = "persons", **changes: int) -> Figure:
    return Figure(
        campaign=2019, territory_id="DEP-62", structure_type=structure_type, indicator=indicator, breakdown="",
        value=Decimal(value) if value else None, decimals=len(value.partition(".")[2]), unit=unit,
        kind="sum", n_respondents=changes.get("n", 35), n_agreed=40, n_solicited=39, n_responded=35,
    )  # fmt: skip


KNOWN = {
    ("CS", "centres"): figure("CS", "centres", "40"),
    ("EVS", "centres"): figure("EVS", "centres", "1"),
    ("CS", "rate"): figure("CS", "rate", "88.5", "percent"),
    ("CS", "income"): figure("CS", "income", "27048323", "EUR", n=1),
}


def said(template: str) -> str | None:
    def lookup(types: str, indicators: str, breakdown: str, level: str) -> Figure | None:
        if breakdown or level:
            return None
        return next((KNOWN[t, i] for i in indicators.split("/") for t in types.split("/") if (t, i) in KNOWN), None)

    runs = worded(template, NAMES, lookup, HOUSE)
    return None if runs is None else plain(runs)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Fin {data_year}, {CS:centres}", "Fin 2018, 40"),
        ("{CS:centres|centre|centres} {EVS:centres?anime|animent}", "40\u00a0centres anime"),
        ("{EVS:centres|centre|centres}", "1\u00a0centre"),
        ("{CS:rate} ; {CS:income}", "88,5\u202f%\u202f; 27\u202f048\u202f323\u202f€"),
        ("{CS:income!short}", "27,0\u202fM€"),
        ("{CS:income#n|répondant|répondants} sur {CS:income#N}", "1\u00a0répondant sur 40"),
        ("{ALL/CS:unknown/centres}", "40"),
    ],
)
def test_references_are_filled_in(template: str, text: str) -> None:
    assert said(template) == text


@pytest.mark.parametrize("template", ["{CS:unknown}", "{CS:centres.code}", "{CS:centres@region}", "a {demo_sentence}"])
def test_a_sentence_that_lacks_something_is_not_said(template: str) -> None:
    assert said(template) is None


def test_strong_marks_and_addresses_are_kept() -> None:
    runs = worded("**{CS:centres}** ici", NAMES, lambda *_: KNOWN["CS", "centres"], HOUSE)
    assert [(run.text, run.strong, run.figure) for run in runs or ()] == [
        ("40", True, "2019/DEP-62/CS/centres"),
        (" ici", False, ""),
    ]


def test_an_unreadable_reference_names_itself_and_its_sentence() -> None:
    with pytest.raises(WordingError, match=r"\{cs centres\}.*Fin"):
        said("Fin {cs centres}")
