"""Whatever a sender writes, no workbook of ours runs it."""

from __future__ import annotations

import ast
from pathlib import Path

import openpyxl
import pytest

from core.home import PROJECT_ROOT
from ingest.forms.sheets import RUNS_IN_A_SPREADSHEET, WORKBOOK_OPTIONS
from tests.ingest.exchange import Exchange

ROOMS = ("core", "registry", "ingest", "methods", "lineage", "orchestration", "publication", "expectations")
RAW_WRITERS = {
    "write",
    "write_formula",
    "write_array_formula",
    "write_url",
    "write_row",
    "write_column",
    "write_rich_string",
}


@pytest.mark.parametrize("sign", [sign for sign in RUNS_IN_A_SPREADSHEET if sign != "\r"])
def test_a_text_that_could_run_is_a_text_in_the_report(exchange: Exchange, sign: str) -> None:
    exchange.answer(Q5_01=f"{sign}1+cmd|' /C calc'!A0", Suivi=f"{sign}2+3")
    book = openpyxl.load_workbook(exchange.report())
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(RUNS_IN_A_SPREADSHEET)]
    assert all(cell.quotePrefix for cell in risky)
    assert risky or sign == "\t"


def _sources_with_workbooks() -> list[Path]:
    paths = (path for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*.py"))
    return [path for path in paths if "xlsxwriter" in path.read_text(encoding="utf-8")]


def test_every_workbook_is_opened_without_formulas_and_written_cell_kind_by_cell_kind() -> None:
    sources = _sources_with_workbooks()
    assert len(sources) > 3
    assert not any(WORKBOOK_OPTIONS[name] for name in ("strings_to_formulas", "strings_to_urls"))
    for path in sources:
        text = path.read_text(encoding="utf-8")
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            if not isinstance(call.func, ast.Attribute | ast.Name):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            if name == "Workbook":
                assert len(call.args) == 2, f"{path}: a workbook without options"
            receiver = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            assert name not in RAW_WRITERS or "sheet" not in receiver, f"{path}: {name}"
