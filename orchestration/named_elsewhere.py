"""Indicators and variables that thresholds, plans and pages name: each must be in the registry.

Read in the files themselves, by line: the CSV of ``expectations/`` and the YAML of ``publication/``. A name that is
gone would stop a gate or a publication months after the questionnaire changed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from core.home import PROJECT_ROOT
from registry import Registry
from registry.faults import Fault, Problems, instead_of
from registry.figures import ALL_TYPES
from registry.wide import wide_columns

SETTINGS, PUBLICATION, PLANS = "expectations", "publication", "plans"
VARIABLE, INDICATOR = "variable", "indicateur"
COLUMNS = {
    "variables.csv": {"variable": VARIABLE, "indicator": INDICATOR},
    "wholes.csv": {"whole": VARIABLE, "parts": VARIABLE},
}
"""What the columns of the settings of the gate name."""
KEYS = {"indicator": INDICATOR, "indicators": INDICATOR}
KEYS_OF_PLANS = KEYS | {"column": VARIABLE}
"""What the keys of plans name, besides the figures inside texts."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SEVERAL = re.compile(r"[/|]")


def unknown_names(registry: Registry, root: Path = PROJECT_ROOT) -> list[Fault]:
    """Each name that the registry doesn't have, with its file and its line."""
    known = {
        INDICATOR: {indicator.indicator for indicator in registry.indicators},
        VARIABLE: {column.column for column in wide_columns(registry)} | set(registry.variables),
    }
    types = "|".join(map(re.escape, (*(kind.structure_type for kind in registry.structure_types), ALL_TYPES)))
    problems = Problems()
    for file, line, kind, name in (*_in_settings(root), *_in_plans(root, re.compile(rf"\b(?:{types}):([a-z0-9_/]+)"))):
        if name not in known[kind]:
            lists = "indicators.csv" if kind == INDICATOR else "variables.csv"
            what = f"l'{kind}" if kind == INDICATOR else f"la {kind}"
            near = instead_of(name, known[kind])
            reason = f"{what} « {name} » n'est pas dans {lists}{near} : corrigez ce fichier, ou remettez sa ligne"
            problems.add(file, line, reason)
    return problems.faults


def _in_settings(root: Path) -> Iterator[tuple[str, int, str, str]]:
    for file, columns in COLUMNS.items():
        path = root / SETTINGS / file
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            for row in reader:
                for column, kind in columns.items():
                    for name in filter(None, _SEVERAL.split(row[column] or "")):
                        yield f"{SETTINGS}/{file}", reader.line_num, kind, name.strip()


def _in_plans(root: Path, figure: re.Pattern[str]) -> Iterator[tuple[str, int, str, str]]:
    for path in sorted((root / PUBLICATION).rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
        keys = KEYS_OF_PLANS if PLANS in path.parts else KEYS
        for key, scalar in _scalars(tree, ""):
            line = scalar.start_mark.line + 1
            file = path.relative_to(root).as_posix()
            for found in figure.finditer(scalar.value):
                for name in found[1].split("/"):
                    yield file, line, INDICATOR, name
            if key in keys and all(_NAME.fullmatch(name) for name in _SEVERAL.split(scalar.value)):
                for name in _SEVERAL.split(scalar.value):
                    yield file, line, keys[key], name


def _scalars(node: yaml.Node | None, key: str) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """The values of a document, each with the nearest key above it."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _scalars(value, name.value if isinstance(name, yaml.ScalarNode) else key)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value, key)
    elif isinstance(node, yaml.ScalarNode):
        yield key, node
