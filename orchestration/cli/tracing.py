"""From a figure to its cells, and from a cell to its figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import Home
from ingest.receive.withdrawals import withdrawn_files
from lineage.trace import FigureAddress, address_at, trace_figure
from lineage.trace_cell import Cell, trace_cell
from orchestration.builds import current_candidate
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign, territory
from orchestration.cli.table_pages import written_page
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen, table
from publication.documents.plans import read_house
from publication.follow_up.trace_page import trace_page

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lineage.trace import Trace
    from lineage.trace_cell import CellTrace

USAGE = (
    "dites quel chiffre (une adresse comme 2019/DEP-62/CS/fte_total, ou CAMPAGNE INDICATEUR --territory --type), "
    "ou quelle cellule (--cell FICHIER FEUILLE CELLULE)"
)


def add_commands(add: AddCommand) -> None:
    """`trace`."""
    trace = add(
        "trace",
        show_trace,
        "senacs trace 2019/DEP-62/CS/fte_total\n"
        "  senacs trace 2019 fte_total --territory departement:62 --type CS\n"
        "  senacs trace --cell SENACS_2019_NPDC.xlsx CS CH47",
    )
    trace.add_argument(
        "figure",
        nargs="*",
        metavar="CHIFFRE",
        help="adresse du chiffre, comme l'attribut data-figure des pages ; ou CAMPAGNE INDICATEUR",
    )
    trace.add_argument("--territory", type=territory, metavar="NIVEAU:CODE", help="par exemple departement:62")
    trace.add_argument("--type", metavar="TYPE", help="type de structure, ou ALL pour l'ensemble")
    trace.add_argument("--breakdown", default="", metavar="MODALITÉ", help="modalité, quand l'indicateur en a")
    trace.add_argument("--html", type=Path, metavar="PAGE", help="écrit aussi une page, pour l'usage interne seulement")
    trace.add_argument(
        "--cell",
        nargs=3,
        metavar=("FICHIER", "FEUILLE", "CELLULE"),
        help="ce qu'est devenue une cellule, et les chiffres qui reposent sur elle (FEUILLE vide, '', pour un CSV)",
    )
    trace.add_argument("--campaign", type=int, metavar="CAMPAGNE", help="avec --cell : une seule campagne")


def show_trace(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs trace``."""
    if bool(options.cell) == bool(options.figure) or (options.cell and options.html):
        raise CommandError(USAGE, ExitCode.USAGE)
    return _show_cell(options, screen) if options.cell else _show_figure(options, screen)


def _show_figure(options: argparse.Namespace, screen: Screen) -> ExitCode:
    home, registry = Home.from_environment(), loaded_registry()
    address = _address(options, home)
    refuse_unknown_campaign(registry, address.campaign)
    candidate = current_candidate(home)
    trace = trace_figure(candidate, home, registry, address)
    document, parts = trace.as_dict(), list(_figure_parts(trace))
    if options.html:
        document["page"] = str(_written(candidate, trace, options.html))
        parts.append(f"Page (usage interne : ne pas diffuser) : {options.html}")
    screen.show(document, *parts)
    return ExitCode.OK


def _address(options: argparse.Namespace, home: Home) -> FigureAddress:
    placed = (options.territory, options.type, options.breakdown)
    if len(options.figure) == 1 and not any(placed):
        return FigureAddress.parsed(options.figure[0])
    if len(options.figure) != 2 or not (options.territory and options.type) or not options.figure[0].isdecimal():
        raise CommandError(USAGE, ExitCode.USAGE)
    campaign, indicator = options.figure
    refuse_unknown_campaign(loaded_registry(), int(campaign))
    level, code = options.territory
    return address_at(current_candidate(home), int(campaign), indicator, level, code, options.type, options.breakdown)


def _written(candidate: Path, trace: Trace, target: Path) -> Path:
    manifest = json.loads((candidate / "manifest.json").read_text(encoding="utf-8"))
    demo = trace.address.campaign in manifest["demo"]
    return written_page(trace_page(trace.as_dict(), read_house(), demo=demo), target)


def _show_cell(options: argparse.Namespace, screen: Screen) -> ExitCode:
    home, registry = Home.from_environment(), loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    file, sheet, cell = options.cell
    asked = Cell(options.campaign or 0, file, sheet, cell)
    found = trace_cell(current_candidate(home), home, registry, asked, withdrawn_files(home, registry.campaigns))
    screen.show([trace.as_dict() for trace in found], *(part for trace in found for part in _cell_parts(trace)))
    return ExitCode.OK


def _figure_parts(trace: Trace) -> Iterator[RenderableType]:
    figure = trace.figure
    part = f", {figure['breakdown']}" if figure["breakdown"] else ""
    yield (
        f"{trace.label_fr}{part} ({figure['indicator']}), {figure['level']}:{figure['territory']}, "
        f"{figure['structure_type']}, campagne {figure['campaign']}"
    )
    counts = ("n_respondents", "n_imputed", "n_agreed", "n_solicited", "n_responded")
    yield table(
        f"Chiffre ({trace.base_label})",
        ("valeur", "numérateur", "dénominateur", "répondants", "imputés", "agréées", "sollicitées", "répondantes"),
        [[_number(figure[name]) for name in ("value", "numerator", "denominator", *counts)]],
    )
    if trace.from_frame:
        yield "Ce chiffre compte les structures de la base des agréments : il ne repose sur aucune réponse."
        return
    if trace.computed:
        yield table("Calcul", ("variable", "expression"), trace.computed.items())
    columns = ("structure", "variable", "statut", "texte", "valeur", "compte", "fichier", "feuille", "cellule")
    names = ("structure_id", "variable", "status", "raw", "value", "counted", "file", "sheet", "cell")
    yield table(f"Réponses ({trace.answers.height})", columns, _rows(trace.answers.to_dicts(), names))
    if figure["n_imputed"]:
        yield table(
            f"Valeurs imputées ({trace.imputed.height})",
            ("structure", "variable", "valeur", "méthode", "campagne", "variable du donneur", "sa valeur", "strate"),
            _rows(
                trace.imputed.to_dicts(),
                (
                    *("structure_id", "variable", "value_num", "method"),
                    *("donor_campaign", "donor_variable", "donor_value", "stratum"),
                ),
            ),
        )
    if trace.weights.height:
        yield table(
            f"Poids des structures ({trace.weights.height})",
            ("structure", "poids", "redressement", "strate", "regroupée dans", "plafonné"),
            _rows(trace.weights.to_dicts(), ("structure_id", "weight", "mode", "stratum", "collapsed_into", "capped")),
        )
    if trace.decisions.height:
        yield table(
            f"Décisions ({trace.decisions.height})",
            ("structure", "variable", "règle", "action", "valeur", "motif", "auteur", "le", "état"),
            _rows(
                trace.decisions.to_dicts(),
                (
                    *("structure_id", "variable", "rule", "action", "value", "reason"),
                    *("author", "decided_at", "state"),
                ),
            ),
        )


def _cell_parts(trace: CellTrace) -> Iterator[RenderableType]:
    cell = trace.cell
    yield f"Campagne {cell.campaign}, {cell.file}, feuille « {cell.sheet} », cellule {cell.cell}"
    if trace.answers:
        columns = ("structure", "variable", "question", "statut", "texte", "compte aujourd'hui")
        names = ("structure_id", "variable", "question_code", "status", "raw", "current")
        yield table(f"Réponses ({len(trace.answers)})", columns, _rows(trace.answers, names))
    yield from trace.outcomes
    if trace.figures:
        yield table(
            f"Chiffres qui lisent cette réponse ({len(trace.figures)})",
            ("chiffre", "libellé", "valeur", "la structure y compte"),
            ([line.address, line.label_fr, _number(line.value), _shown(line.counted)] for line in trace.figures),
            numbers=("valeur",),
        )


def _rows(lines: list[dict[str, Any]], names: tuple[str, ...]) -> Iterator[list[Any]]:
    return ([_shown(line[name]) for name in names] for line in lines)


def _shown(value: Any) -> Any:
    return ("oui" if value else "non") if isinstance(value, bool) else value


def _number(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:.10f}".rstrip("0").rstrip(".") if not isinstance(value, int) else str(value)
    return text.replace(".", ",")
