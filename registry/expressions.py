"""SQL of the registry: read, checked, and compiled into the aggregates that the figures use.

Expressions are parsed (sqlglot, DuckDB's dialect), never evaluated here. A figure's numerator and denominator are
aggregates over the rows that satisfy its base; the base is moved inside each aggregate (``sum(x)`` becomes
``sum(case when base then x end)``), so that every figure of a territory comes from one scan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
_PARAMETER = re.compile(r":([a-z_][a-z0-9_]*)")
_ALL_OPTIONS = re.compile(r"\{all:([a-z0-9_]+)\}")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FORBIDDEN = (exp.Query, exp.Command, exp.Table, exp.Subquery)
_FUNCTIONS = (
    exp.Sum, exp.Count, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Coalesce, exp.Nullif, exp.Abs, exp.Greatest,
    exp.Least, exp.Round, exp.Case, exp.If, exp.Cast, exp.And, exp.Or, exp.Length, exp.Lower, exp.Upper,
)  # fmt: skip


class ExpressionError(ValueError):
    """An expression of the registry that is not plain SQL over columns; the text says why."""


@lru_cache(maxsize=4096)
def parsed(text: str) -> exp.Expr:
    """The tree of an expression: not to be changed, it is shared. Raises `ExpressionError`."""
    try:
        tree = sqlglot.parse_one(text, read=DIALECT)
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(
            f"« {text} » n'est pas une formule SQL lisible ({_plain(error)}) : vérifiez les parenthèses, les guillemets"
        ) from error
    for node in tree.walk():
        unknown_function = isinstance(node, exp.Func) and not isinstance(node, _FUNCTIONS)
        if unknown_function or isinstance(node, _FORBIDDEN):
            raise ExpressionError(f"« {node.sql(dialect=DIALECT)} » n'est pas permis dans une formule : « {text} »")
    return tree


def _plain(error: Exception) -> str:
    """What the parser says, without the colours of a terminal."""
    return _COLOURS.sub("", str(error).splitlines()[0])


def columns_of(text: str) -> set[str]:
    """The columns that an expression reads. Raises `ExpressionError`."""
    return {column.name for column in parsed(text).find_all(exp.Column)} if text else set()


def has_aggregate(text: str) -> bool:
    """Whether the expression aggregates rows."""
    return bool(text) and parsed(text).find(exp.AggFunc) is not None


def filled_template(text: str, choice: str, options: list[str], parameters: dict[str, str]) -> str:
    """`text` with ``{choice}``, ``{all:variable}`` and ``:parameter`` replaced.

    ``{all:variable}`` becomes the sum of the option columns. Raises `ExpressionError` on an unknown parameter.
    """

    def sum_of_options(match: re.Match[str]) -> str:
        return " + ".join(f"{match[1]}__{option}" for option in options) or "NULL"

    def parameter_value(match: re.Match[str]) -> str:
        if match[1] not in parameters:
            raise ExpressionError(f"le paramètre :{match[1]} n'est pas dans parameters.csv")
        return parameters[match[1]]

    return _PARAMETER.sub(parameter_value, _ALL_OPTIONS.sub(sum_of_options, text.replace("{choice}", choice)))


def aggregate_over_base(text: str, base: str) -> str:
    """The aggregate expression `text` restricted to the rows where `base` holds, as one SQL expression."""
    if not base:
        return parsed(text).sql(dialect=DIALECT)
    condition = parsed(base)

    def restricted(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.AggFunc):
            return node
        counted = isinstance(node, exp.Count) and isinstance(node.this, exp.Star)
        value = exp.Literal.number(1) if counted else node.this.copy()
        if value.find(exp.Div):
            # sums of quotients must not depend on the order of the rows, as sums of floating-point numbers do
            value = exp.cast(value, exp.DataType.build("DECIMAL(38, 10)"))
        node.set("this", exp.Case(ifs=[exp.If(this=condition.copy(), true=value)]))
        return node

    return parsed(text).copy().transform(restricted, copy=False).sql(dialect=DIALECT)


def weighted(text: str, weight: str) -> str:
    """The aggregate expression `text` with each row counted `weight` times (a column).

    Sums and counts are weighted, means are weighted means, extremes stay. Raises `ExpressionError` on an aggregate that
    weights have no plain SQL for: medians, distinct counts.
    """

    def weighing(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.AggFunc) or isinstance(node, (exp.Min, exp.Max)):
            return node
        value = node.this
        if isinstance(node, exp.Count) and isinstance(value, exp.Star):
            return _no_null(exp.Sum(this=column.copy()))
        if not isinstance(node, (exp.Sum, exp.Count, exp.Avg)) or isinstance(value, exp.Distinct):
            raise ExpressionError(f"« {node.sql(dialect=DIALECT)} » ne peut pas être pondéré")
        present = exp.If(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())), true=column.copy())
        weights = exp.Sum(this=exp.Case(ifs=[present]))
        if isinstance(node, exp.Count):
            return _no_null(weights)
        total = exp.Sum(this=exp.Mul(this=column.copy(), expression=exp.Paren(this=value.copy())))
        if isinstance(node, exp.Sum):
            return total
        return exp.Paren(
            this=exp.Div(this=total, expression=exp.Nullif(this=weights, expression=exp.Literal.number(0)))
        )

    column = exp.column(weight)
    return _replaced(parsed(text), weighing).sql(dialect=DIALECT)


def _replaced(tree: exp.Expr, of_aggregate: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """A copy of `tree` with each aggregate given to `of_aggregate`; what that returns is not looked at again."""
    whole = exp.Paren(this=tree.copy())
    for node in list(whole.find_all(exp.AggFunc)):
        node.replace(of_aggregate(node))
    result: exp.Expr = whole.this
    return result


def _no_null(aggregate: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=aggregate, expressions=[exp.Literal.number(0)])


def rows_in_base(base: str) -> str:
    """The number of rows that satisfy `base`."""
    return aggregate_over_base("COUNT(*)", base)
