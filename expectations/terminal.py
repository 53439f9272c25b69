"""The verdict as a person reads it in a terminal: what was looked at, what blocks, what to do and who can."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from expectations.verdict import NATIONAL, CheckResult, Outcome, Verdict
from expectations.wording import typeset

if TYPE_CHECKING:
    from rich.console import RenderableType

LINES_SHOWN = 5
SCOPES_SHOWN = 10
WORDS: dict[Outcome, tuple[str, str, str]] = {
    "publishable": ("publiable", "publiables", "green"),
    "publishable_with_reservations": ("publiable avec réserves", "publiables avec réserves", "yellow"),
    "blocked": ("bloquée", "bloquées", "red"),
}


def verdict_text(verdict: Verdict) -> Group:
    """The verdict in French, for `rich` to print."""
    return Group(*_parts(verdict))


def _parts(verdict: Verdict) -> Iterator[RenderableType]:
    yield _headline(verdict)
    yield _overview(verdict)
    whole = [check for check in verdict.blocking if check.touches(NATIONAL, national=True)]
    for title, results, style in (
        ("Ce qui bloque la publication", whole, "red"),
        ("Territoires sans fiche : les autres n'en sont pas touchés", _others(verdict.blocking, whole), "red"),
        ("Réserves, à imprimer avec les chiffres", verdict.reservations, "yellow"),
        ("Pour information", [check for check in verdict.checks if check.effect == "info"], "cyan"),
    ):
        if results:
            yield _line(typeset(f"\n{title}"), f"bold {style}")
            for _, alike in groupby(results, key=lambda result: (result.id, result.error)):
                yield from _explained(list(alike), style)


def _others(results: list[CheckResult], told: list[CheckResult]) -> list[CheckResult]:
    return [result for result in results if result not in told]


def _headline(verdict: Verdict) -> Text:
    word, _, style = WORDS[verdict.outcome]
    line = _line(typeset(f"Publication de la campagne {verdict.campaign} :"), "bold")
    line.append(f" {word}", style=f"bold {style}")
    outcomes = list(verdict.publications.values())
    told = [f"{outcomes.count(outcome)} {words[outcomes.count(outcome) > 1]}" for outcome, words in WORDS.items()]
    shown = [text for outcome, text in zip(WORDS, told, strict=True) if outcome in outcomes]
    return line.append(typeset(f"\nTerritoires : {', '.join(shown) or 'aucun'}\n"), style="default")


def _overview(verdict: Verdict) -> Table:
    table = Table("Ce qui a été regardé", box=None, pad_edge=False, header_style="bold")
    for heading in ("contrôles", "réussis", "réserves", "bloquants"):
        table.add_column(heading, justify="right")
    for suite in dict.fromkeys(check.suite_fr or check.suite for check in verdict.checks):
        results = [check for check in verdict.checks if (check.suite_fr or check.suite) == suite]
        effects = {effect: {check.id for check in results if check.effect == effect} for effect in ("reserve", "block")}
        asked = {check.id for check in results}
        passed = asked - {check.id for check in results if not check.passed}
        cells = [len(asked), len(passed), len(effects["reserve"]), len(effects["block"])]
        table.add_row(suite, *(str(cell) if cell else "-" for cell in cells))
    return table


def _explained(results: list[CheckResult], style: str) -> Iterator[Text]:
    first = results[0]
    yield _line(f"✗ {first.question_fr}", style).append(f"  [{first.id}]", style="dim")
    for result in results[:SCOPES_SHOWN]:
        found = result.error or typeset(f"constaté : {result.observed} ; attendu : {result.expected}")
        yield _line(f"    {result.scope_label} · {found}", "default")
        if result.waived_by:
            yield _line(typeset(f"    dérogation de {result.waived_by} : {result.waiver_reason}"), "italic")
        yield from (_line(f"      - {text}", "dim") for text in result.row_lines[:LINES_SHOWN])
        if result.rows_total > LINES_SHOWN:
            yield _line(f"      … et {result.rows_total - LINES_SHOWN} de plus", "dim")
    if len(results) > SCOPES_SHOWN:
        yield _line(f"    … et {len(results) - SCOPES_SHOWN} autres territoires", "default")
    yield _line(f"    → {first.owner} · {first.next_step_fr}", "default")


def _line(text: str, style: str) -> Text:
    return Text(text, style=style)
