"""The marks on changes say what the SQL of the edits says."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from ingest.forms.change_marks import change_formula, change_rules
from registry import Registry
from tests.ingest.templates.filling import (
    header_row,
    saved_by_libreoffice,
)


def test_changes_beyond_the_ratio_of_an_edit_are_marked(sent: dict[str, Path], registry: Registry) -> None:
    assert {variable for variable, rules in change_rules(registry).items() if rules} == {
        "fte_total", "income_total", "volunteers_activity", "board_members"
    }  # fmt: skip
    sheet = openpyxl.load_workbook(sent["caf-04"])["CS"]
    codes = header_row(sheet)
    total = next(cell for cell in sheet[codes] if cell.value == "Q7.02")
    ranges = sheet.conditional_formatting
    rules = [rule for place in ranges for rule in place.rules if total.column_letter in str(place.sqref)]
    first, letter = codes + 2, total.column_letter
    new, last = f"${letter}{first}", f"${sheet.cell(codes, total.column + 1).column_letter}{first}"
    formulas = [formula for rule in rules for formula in rule.formula]
    assert f"AND(ISNUMBER({new}),{new}>150)" in formulas
    both = f"ISNUMBER({new}),ISNUMBER({last})"
    assert f"AND({','.join(sorted(both.split(',')))},AND({last}>0,(OR({new}>2*{last},{new}<0.5*{last}))))" in formulas


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed on this machine")
def test_a_mark_is_raised_by_a_spreadsheet_where_sql_raises_the_edit(tmp_path: Path, registry: Registry) -> None:
    values = [None, 0, 0.5, 1, 2, 3, 4, 6, 6.5, 10, 12, 30]
    pairs = [(new, last) for new in values for last in values]
    cases = [(variable, rule) for variable, rules in change_rules(registry).items() for rule in rules]
    workbook = openpyxl.Workbook()
    for row, pair in enumerate(pairs, start=1):
        formulas = [
            change_formula(rule, {variable: f"$A{row}", f"prev_{variable}": f"$B{row}"}, {}) for variable, rule in cases
        ]
        workbook.active.append([*pair, *formulas])
    workbook.save(tmp_path / "marks.xlsx")
    (saved,) = saved_by_libreoffice([tmp_path / "marks.xlsx"], "csv", tmp_path)
    marked = [[cell == "TRUE" for cell in line.split(",")[2:]] for line in saved.read_text().splitlines()]
    for column, (variable, rule) in enumerate(cases):
        raised = duckdb.sql(
            f"select coalesce({rule}, false) from (values {', '.join(map(sql_pair, pairs))}) "
            f"as t({variable}, prev_{variable})"
        ).fetchall()
        assert [line[column] for line in marked] == [flag for (flag,) in raised]
        assert {flag for (flag,) in raised} == {True, False}


def sql_pair(pair: tuple[float | None, float | None]) -> str:
    return "({}, {})".format(*("null::double" if value is None else f"{value}::double" for value in pair))


@pytest.mark.parametrize(
    ("expression", "formula"),
    [
        ("ABS(x - prev_x) > 3", "=AND(ISNUMBER(B1),ISNUMBER(A1),ABS(A1-B1)>3)"),
        (
            "x > GREATEST(2 * prev_x, 10) AND structure_type = 'CS'",
            '=AND(ISNUMBER(B1),ISNUMBER(A1),AND(A1>MAX(2*B1,10),"CS"="CS"))',
        ),
        ("x > prev_x AND NOT campaign IN (1, 2)", "=AND(ISNUMBER(B1),ISNUMBER(A1),AND(A1>B1,NOT(OR(3=1,3=2))))"),
        ("COALESCE(x, 0) > prev_x", None),
        ("x > prev_x + y", None),
    ],
)
def test_an_expression_is_said_again_or_not_at_all(expression: str, formula: str | None) -> None:
    assert change_formula(expression, {"x": "A1", "prev_x": "B1"}, {"structure_type": "CS", "campaign": 3}) == formula
