"""A difference between two campaigns, and the findings about one, as JSON documents (docs/add-a-campaign.md)."""

from __future__ import annotations

from typing import Any

from registry.campaigns.coherence import Findings
from registry.campaigns.difference import Difference
from registry.campaigns.lineage import MERGED, RENAMED, SPLIT, Hint, Lineage
from registry.campaigns.question_changes import Pair
from registry.campaigns.series import Ended, SeriesBreak
from registry.computed import Break
from registry.faults import Fault
from registry.model import Question

Document = dict[str, Any]


def findings_document(findings: Findings) -> Document:
    """campaign, coherent, faults, consequences and remarks (file, line, lines, column, reason each)."""
    return {
        "campaign": findings.campaign,
        "coherent": not findings.faults,
        "faults": [_fault(fault) for fault in findings.faults],
        "consequences": [_fault(fault) for fault in findings.consequences],
        "remarks": [_fault(remark) for remark in findings.remarks],
    }


def difference_document(difference: Difference) -> Document:
    """Every kind of change by name: a list, empty when there is none. A question has its form in `structure_type`."""
    forms = difference.forms
    lineages = [lineage for form in forms for lineage in form.succession.lineages]
    hints = [hint for form in forms for hint in form.succession.hints]
    return {
        "from": difference.before,
        "to": difference.after,
        "data_years": list(difference.data_years),
        "new_forms": difference.new_forms,
        "dropped_forms": difference.dropped_forms,
        "new": [_question(question) for form in forms for question in form.succession.new],
        "dropped": [_question(question) for form in forms for question in form.succession.dropped],
        "split": [_lineage(lineage) for lineage in lineages if lineage.kind == SPLIT],
        "merged": [_lineage(lineage) for lineage in lineages if lineage.kind == MERGED],
        "renamed": [_lineage(lineage) for lineage in lineages if lineage.kind == RENAMED],
        "reworded": [_pair(pair) for form in forms for pair in form.changes.reworded],
        "options": [
            {
                **_pair(Pair(change.before, change.after)),
                "added": list(change.added),
                "dropped": list(change.dropped),
                "reordered": change.reordered,
            }
            for form in forms
            for change in form.changes.options
        ],
        "type_changed": [_pair(pair) for pair in type_changes(difference)],
        "required": [_pair(pair) for form in forms for pair in form.changes.required],
        "moved": [_pair(pair) for form in forms for pair in form.changes.moved],
        "renumbered": [_pair(pair) for form in forms for pair in form.changes.renumbered],
        "hints": [_succession(hint) for hint in hints],
        "rules": {"silent": list(difference.silent), "heard": list(difference.heard)},
        "series": {
            "broken": [_broken(broken) for broken in difference.series.broken],
            "undeclared": [_broken(broken) for broken in difference.series.undeclared],
            "reworded": [_broken(broken) for broken in difference.series.reworded],
            "ended": [_ended(ended) for ended in difference.series.ended],
            "begun": [_ended(begun) for begun in difference.series.begun],
            "declared_only": [_break(line) for line in difference.series.declared_only],
        },
    }


def type_changes(difference: Difference) -> list[Pair]:
    """Questions that took over from one of another type, certainly or by the look of it."""
    found: list[Lineage | Hint] = []
    for form in difference.forms:
        found += [*form.succession.lineages, *form.succession.hints]
    pairs = [Pair(one.before[0], one.after[0]) for one in found if one.kind == RENAMED]
    return [pair for pair in pairs if (pair.before.type, pair.before.choices) != (pair.after.type, pair.after.choices)]


def _question(question: Question) -> Document:
    return {
        "structure_type": question.structure_type,
        "question_code": question.question_code,
        "question_label_fr": question.question_label_fr,
        "variable": question.variable,
        "type": question.type,
        "options": list(question.options),
        "required": question.required,
        "module": question.module,
        "section": question.section,
        "order": question.order,
        "file": question.file,
        "line": question.line,
    }


def _pair(pair: Pair) -> Document:
    return {"variable": pair.after.variable, "before": _question(pair.before), "after": _question(pair.after)}


def _succession(one: Lineage | Hint) -> Document:
    return {
        "kind": one.kind,
        "structure_type": one.structure_type,
        "before": [_question(question) for question in one.before],
        "after": [_question(question) for question in one.after],
    }


def _lineage(lineage: Lineage) -> Document:
    return {**_succession(lineage), "file": lineage.file, "line": lineage.line, "because": lineage.because}


def _broken(broken: SeriesBreak) -> Document:
    return {
        "variable": broken.variable,
        "kind": broken.kind,
        "structure_types": broken.structure_types,
        "indicators": broken.indicators,
        "declared": broken.declared is not None,
        "reason": broken.declared.reason if broken.declared else "",
    }


def _ended(ended: Ended) -> Document:
    return {
        "indicator": ended.indicator,
        "structure_type": ended.structure_type,
        "variables": list(ended.lost),
        "still_listed": ended.listed,
        "declared": ended.declared is not None,
        "reason": ended.declared.reason if ended.declared else "",
    }


def _break(line: Break) -> Document:
    return {"variable": line.variable, "from": line.from_campaign, "to": line.to_campaign, "reason": line.reason}


def _fault(fault: Fault) -> Document:
    lines = [fault.line, *fault.also] if fault.line else []
    return {
        "file": fault.file,
        "line": fault.line,
        "lines": lines,
        "column": fault.column,
        "reason": fault.reason,
    }
