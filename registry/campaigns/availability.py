"""What can be known of a form: which columns can have a value, which expressions can be computed or be true.

An expression is followed down its tree with SQL's rule for nulls: a sum of which one term is never asked is never
known, a ``COALESCE`` is as soon as one of its terms is. Nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from sqlglot import exp

from registry.checks import CONTEXT_COLUMNS, FRAME_COLUMNS, FRAME_CONTEXT, PREVIOUS, SAME_MANAGER
from registry.computed import Derived
from registry.expressions import ExpressionError, columns_of, parsed
from registry.model import Question, Registry

_ANY_OPERAND = (exp.Coalesce, exp.Greatest, exp.Least)
_COMPARISONS: dict[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.EQ: lambda left, right: left == right,
    exp.NEQ: lambda left, right: left != right,
    exp.GT: lambda left, right: left > right,
    exp.GTE: lambda left, right: left >= right,
    exp.LT: lambda left, right: left < right,
    exp.LTE: lambda left, right: left <= right,
}


class Form:
    """What a structure type is asked in a campaign, and what can be known from it."""

    def __init__(self, registry: Registry, campaign: int, structure_type: str) -> None:
        self.registry = registry
        self.campaign = campaign
        self.structure_type = structure_type
        self._known: dict[str, int | str] = {"campaign": campaign, "structure_type": structure_type}

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions by variable, in the order of the form."""
        asked = [q for q in self.registry.questions_of(self.campaign) if q.structure_type == self.structure_type]
        return {question.variable: question for question in sorted(asked, key=lambda question: question.order)}

    @cached_property
    def formulas(self) -> dict[str, Derived]:
        """The derived variables that can be computed from the answers, by variable."""
        return {line.variable: line for line in self._formula_lines if line.variable in self.answered}

    @cached_property
    def _formula_lines(self) -> list[Derived]:
        """The formulas that hold for this structure type."""
        lines = self.registry.derived_in(self.campaign)
        return [line for line in lines if self.structure_type in self.registry.formula_types(line, self.campaign)]

    @cached_property
    def answered(self) -> frozenset[str]:
        """The columns that answers can fill: variables asked, options offered, derived variables."""
        found = set(self.questions)
        for question in self.questions.values():
            found |= {f"{question.variable}__{option}" for option in question.options}
        waiting = [line for line in self._formula_lines if line.variable not in found]
        while ready := [line for line in waiting if self._safely(self._has_value, line.expression, found)]:
            found |= {line.variable for line in ready}
            waiting = [line for line in waiting if line.variable not in found]
        return frozenset(found)

    @cached_property
    def columns(self) -> frozenset[str]:
        """`answered`, and what an expression may use besides: the frame, earlier campaigns, other structures."""
        earlier = [campaign for campaign in self.registry.campaigns if campaign < self.campaign]
        before = {
            column for campaign in earlier for column in Form(self.registry, campaign, self.structure_type).answered
        }
        found = set(self.answered) | CONTEXT_COLUMNS | FRAME_CONTEXT
        found |= {f"{PREVIOUS}{column}" for column in before}
        return frozenset(found | {f"{SAME_MANAGER}{column}" for column in self.answered})

    def computable(self, *texts: str) -> bool:
        """Whether each expression can have a value. An empty one has."""
        return all(self._safely(self._has_value, text, self.columns) for text in texts if text)

    def possible(self, text: str) -> bool:
        """Whether a condition can be true. An empty one is."""
        return not text or self._safely(self._can_be, text, self.columns, True)

    def unknown(self, texts: Iterable[str]) -> list[str]:
        """The columns of expressions that can't have a value, sorted."""
        found: set[str] = set()
        for text in texts:
            try:
                found |= columns_of(text) - self.columns - FRAME_COLUMNS
            except ExpressionError:
                continue
        return sorted(found)

    @staticmethod
    def _safely(rule: Any, text: str, *arguments: Any) -> bool:
        """The rule on the tree of `text`; what is no SQL is a fault of its own, and counts as computable."""
        try:
            tree = parsed(text)
        except ExpressionError:
            return True
        return bool(rule(tree, *arguments))

    def _has_value(self, node: exp.Expr, columns: frozenset[str]) -> bool:
        """Whether `node` can be other than null."""
        match node:
            case exp.Column():
                return node.name in columns
            case exp.Null():
                return False
            case exp.Case():
                branches = [
                    branch.args["true"] for branch in node.args["ifs"] if self._can_be(branch.this, columns, True)
                ]
                otherwise = node.args.get("default")
                return any(self._has_value(part, columns) for part in (*branches, otherwise) if part is not None)
            case exp.Count():
                return isinstance(node.this, exp.Star) or self._has_value(node.this, columns)
            case exp.Is():
                return True
            case exp.And() | exp.Or() | exp.Not():
                return self._can_be(node, columns, True) or self._can_be(node, columns, False)
            case exp.In():
                return self._has_value(node.this, columns)
            case _ if isinstance(node, _ANY_OPERAND):
                return any(self._has_value(child, columns) for child in _operands(node))
            case _:
                return all(self._has_value(child, columns) for child in _operands(node))

    def _can_be(self, node: exp.Expr, columns: frozenset[str], wanted: bool) -> bool:
        """Whether a condition can be true (or false, as `wanted`)."""
        match node:
            case exp.Paren():
                return self._can_be(node.this, columns, wanted)
            case exp.Not():
                return self._can_be(node.this, columns, not wanted)
            case exp.And() | exp.Or():
                sides = [self._can_be(side, columns, wanted) for side in (node.left, node.right)]
                return all(sides) if isinstance(node, exp.And) == wanted else any(sides)
            case exp.Is() if isinstance(node.expression, exp.Null):
                return True if wanted else self._has_value(node.this, columns)
            case exp.Boolean():
                return bool(node.this) == wanted
        decided = self._decided(node)
        return decided == wanted if decided is not None else self._has_value(node, columns)

    def _decided(self, node: exp.Expr) -> bool | None:
        """The outcome of a comparison of the campaign or the structure type with constants; None for any other."""
        if isinstance(node, exp.In):
            value, others = self._constant(node.this), [self._constant(part) for part in node.expressions]
            return None if value is None or None in others else value in others
        compare = _COMPARISONS.get(type(node))
        if compare is None:
            return None
        left, right = self._constant(node.this), self._constant(node.expression)
        return None if left is None or right is None or type(left) is not type(right) else compare(left, right)

    def _constant(self, node: exp.Expr) -> int | str | None:
        if isinstance(node, exp.Column):
            return self._known.get(node.name)
        if isinstance(node, exp.Literal):
            return str(node.this) if node.is_string else int(node.this) if str(node.this).isdigit() else None
        return None


def _operands(node: exp.Expr) -> list[exp.Expr]:
    """The parts of a node that are values; the types of a cast are not."""
    return [child for child in node.iter_expressions() if not isinstance(child, exp.DataType | exp.Star)]
