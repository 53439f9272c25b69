from __future__ import annotations

import datetime as dt
from pathlib import Path

from gate_candidate import rewrite
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from expectations.gate import judge, verdict_text
from expectations.wording import typeset, worded, written

TODAY = dt.date(2026, 11, 22)


def test_numbers_are_written_as_in_french() -> None:
    assert [written(value) for value in (1234567, 12.5, 0.03812, 66.6666, 2.0, None, float("nan"), "CS", True)] == [
        "1\u202f234\u202f567", "12,5", "0,0381", "66,67", "2", "nd", "nd", "CS", "True",
    ]  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_written_number_has_no_point_and_no_plain_space(value: float) -> None:
    text = written(value)

    assert "." not in text and " " not in text


def test_typography_is_narrow() -> None:
    assert typeset("Oui : « 3 % » ?") == "Oui\u202f: «\u202f3\u202f%\u202f»\u202f?"
    assert worded("{rate} %", {"rate": 12.5}) == "12,5\u202f%"


@given(st.text())
def test_typesetting_twice_changes_nothing(text: str) -> None:
    assert typeset(typeset(text)) == typeset(text)


def test_the_terminal_says_what_blocks_what_to_do_and_who_can(candidate: Path) -> None:
    rewrite(candidate, "intake/unmapped", "select * replace (false as acknowledged) from old")
    refused = "case when sender = 'fcsb' then 'rejected' else verdict end"
    rewrite(candidate, "intake/receipts", f"select * replace ({refused} as verdict) from old")
    console = Console(width=200, force_terminal=False)

    with console.capture() as shown:
        console.print(verdict_text(judge(candidate, 2019, today=TODAY)))

    text = shown.get()
    assert "Publication de la campagne 2019\u202f: bloquée" in text
    assert "Ce qui bloque la publication" in text and "Remarques du bureau" in text
    assert "→ équipe nationale · Ajouter une ligne au crosswalk" in text
    assert "Réserves, à imprimer avec les chiffres" in text


def test_the_terminal_sets_silent_territories_apart(candidate: Path) -> None:
    rewrite(
        candidate,
        "marts/fct_centres",
        "select * replace (case when structure_id like '%-04-%' then 0 else responded end as responded) from old",
    )
    console = Console(width=200, force_terminal=False)

    with console.capture() as shown:
        console.print(verdict_text(judge(candidate, 2019, today=TODAY)))

    apart = shown.get().split("Territoires sans fiche", 1)[1]
    assert "Alpes-de-Haute-Provence (département)" in apart.split("Réserves", 1)[0]
