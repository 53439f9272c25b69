"""Edits that compare with the previous campaign, as formulas of a spreadsheet: the mark on a change that is too large.

The rule stays in one place, the SQL of edits.csv; here it is only said again in the language of the sheet. An
expression that this language can't say gives no formula: the rule is then applied when the return is read, as ever.
A formula is true only when every cell that it names holds a number, as SQL raises nothing on a null.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from registry.checks import PREVIOUS
from registry.expressions import DIALECT, columns_of
from registry.model import Registry

INFIX: dict[type[exp.Expr], str] = {
    exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.EQ: "=", exp.NEQ: "<>",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/",
}  # fmt: skip
FUNCTIONS: dict[type[exp.Expr], str] = {exp.And: "AND", exp.Or: "OR"}


class UnsayableError(ValueError):
    """An expression that has no equal among the formulas used here."""


def change_rules(registry: Registry) -> dict[str, list[str]]:
    """By variable, the expressions of the edits that compare it, alone, with its previous value."""
    found: dict[str, list[str]] = {}
    for edit in registry.edits.values():
        if edit.check != "sql":
            continue
        named = columns_of(edit.expression)
        for variable in edit.scope:
            compared = {variable, f"{PREVIOUS}{variable}"}
            if compared <= named <= compared | {"campaign", "structure_type"}:
                found.setdefault(variable, []).append(edit.expression)
    return found


def change_formula(expression: str, cells: Mapping[str, str], constants: Mapping[str, str | int]) -> str | None:
    """The formula that is true where `expression` is, or None.

    `cells`: the address of each column that holds a number; `constants`: the value of the other columns.
    """
    tree = sqlglot.parse_one(expression, read=DIALECT)
    try:
        said = _said(tree, cells, constants)
    except UnsayableError:
        return None
    present = [f"ISNUMBER({cells[name]})" for name in sorted(columns_of(expression)) if name in cells]
    return f"=AND({','.join([*present, said])})"


def _said(node: exp.Expr, cells: Mapping[str, str], constants: Mapping[str, str | int]) -> str:
    def said(part: exp.Expr) -> str:
        return _said(part, cells, constants)

    if isinstance(node, exp.Paren):
        return f"({said(node.this)})"
    if isinstance(node, exp.Neg):
        return f"(-{said(node.this)})"
    if isinstance(node, exp.Not):
        return f"NOT({said(node.this)})"
    if isinstance(node, exp.Abs):
        return f"ABS({said(node.this)})"
    if isinstance(node, exp.Greatest | exp.Least):
        name = "MAX" if isinstance(node, exp.Greatest) else "MIN"
        return f"{name}({','.join(map(said, [node.this, *node.expressions]))})"
    if isinstance(node, exp.In):
        return f"OR({','.join(f'{said(node.this)}={said(value)}' for value in node.expressions)})"
    if type(node) in FUNCTIONS:
        return f"{FUNCTIONS[type(node)]}({said(node.this)},{said(node.expression)})"
    if type(node) in INFIX:
        return f"{said(node.this)}{INFIX[type(node)]}{said(node.expression)}"
    if isinstance(node, exp.Literal):
        return _literal(node.this, node.is_string)
    if isinstance(node, exp.Column) and node.name in cells:
        return cells[node.name]
    if isinstance(node, exp.Column) and node.name in constants:
        value = constants[node.name]
        return _literal(str(value), isinstance(value, str))
    raise UnsayableError(node.sql(dialect=DIALECT))


def _literal(text: str, is_string: bool) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if is_string else text
