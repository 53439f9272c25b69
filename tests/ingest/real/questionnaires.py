"""Registries made for the real exports, from the questionnaires that came with them: folders like `questionnaires/`."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.home import PROJECT_ROOT
from registry import Registry, load_registry

HOUSE = PROJECT_ROOT / "questionnaires"
CAMPAIGN, TYPE = 2019, "CS"
AS_THEY_ARE = (
    "metadata_columns.csv", "reasons.csv", "special_values.csv", "spellings.csv", "structure_types.csv",
    "territory_levels.csv",
)  # fmt: skip
EMPTY = ("acknowledged_columns.csv", "breaks.csv", "derived.csv", "indicators.csv", "territories.csv",
         "territory_members.csv")  # fmt: skip
LIMESURVEY_TYPES = {"Y/N/NA": "boolean", "FREENUMERIC": "decimal", "MULTIPLE CHOICES": "multi_choice"}
KOBO_TYPES = {"integer": "integer", "select_one": "single_choice", "select_multiple": "multi_choice"}


@dataclass
class Asked:
    """A question: its code, its wording, its type, its options (code, label)."""

    code: str
    label: str
    type: str
    options: list[tuple[str, str]] = field(default_factory=list)


def registry_of(folder: Path, asked: Iterable[Asked], identifier: str) -> Registry:
    """The registry of these questions, written in `folder` and loaded; `identifier`: the header of the identifier."""
    folder.mkdir()
    (folder / "crosswalk").mkdir()
    for name in AS_THEY_ARE:
        shutil.copy(HOUSE / name, folder / name)
    for name in EMPTY:
        (folder / name).write_text((HOUSE / name).read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    house_edits = _lines(HOUSE / "edits.csv")
    _write(folder / "edits.csv", [line for line in house_edits if line["rule"][0] in "ITN"])
    parameters = [line | {"campaigns": "all"} for line in _lines(HOUSE / "parameters.csv")]
    _write(folder / "parameters.csv", parameters)
    campaigns = [line for line in _lines(HOUSE / "campaigns.csv") if line["campaign"] == str(CAMPAIGN)]
    _write(folder / "campaigns.csv", campaigns)
    keys = [{"code": identifier, "label_fr": identifier, "role": "identifier", "fallback_variable": ""}]
    _write(folder / "key_columns.csv", keys)
    variables, choices, questions = [], [], []
    for order, question in enumerate(asked, start=1):
        variable = re.sub(r"[^a-z0-9_]", "_", question.code.lower())
        choice_list = variable if question.options else ""
        typed = {"variable": variable, "section": "project", "type": question.type, "choices": choice_list}
        variables.append(
            typed | {"structure_types": TYPE, "unit": "", "min": "", "max": "", "pii": "false", "release": "never",
                     "label_fr": question.label}
        )  # fmt: skip
        choices += [
            {"list": choice_list, "code": code, "label_fr": label, "order": rank, "group": ""}
            for rank, (code, label) in enumerate(question.options, start=1)
        ]
        questions.append(
            {"campaign": CAMPAIGN, "data_year": campaigns[0]["data_year"], "structure_type": TYPE, "module": "core",
             "question_code": question.code, "question_label_fr": question.label}
            | typed
            | {"options": "|".join(code for code, _ in question.options), "required": "false", "order": order}
        )  # fmt: skip
    _write(folder / "variables.csv", variables)
    _write(
        folder / "choices.csv",
        choices or [dict.fromkeys(("list", "code", "label_fr", "order", "group"), "x") | {"order": 1}],
    )
    _write(folder / "crosswalk" / f"{CAMPAIGN}.csv", questions)
    return load_registry(folder)


def asked_in_limesurvey(questionnaire: Path, headers: list[str]) -> list[Asked]:
    """The questions of a survey that its export has; the options of multi-choice are those of its headers."""
    found = []
    for line in _lines(questionnaire):
        kind = LIMESURVEY_TYPES.get(line["answer_format"], "text")
        names = [header for header in headers if re.match(rf"{re.escape(line['code'])}\b(?!_)", header)]
        texts = [header.rpartition("[")[2].rstrip("]") for header in names if header.endswith("]")]
        options = [(str(rank), text) for rank, text in enumerate(texts, start=1)]
        if kind == "multi_choice" and not (options and len({text for _, text in options}) == len(options)):
            continue
        found.append(Asked(line["code"], line["question"], kind, options if kind == "multi_choice" else []))
    return list({question.code.lower(): question for question in reversed(found)}.values())[::-1]


def asked_in_kobo(asset: Path, language: int = 0) -> list[Asked]:
    """The questions of a form; groups and repeats are flattened. Values computed by the form count as numbers."""
    content = json.loads(asset.read_text(encoding="utf-8"))["content"]
    lists: dict[str, list[tuple[str, str]]] = {}
    for choice in content.get("choices", []):
        lists.setdefault(choice["list_name"], []).append((choice["name"], _label(choice, language)))
    return [
        Asked(
            row["name"], _label(row, language) or row["name"], KOBO_TYPES.get(row["type"], "text"),
            lists.get(row.get("select_from_list_name") or "", []),
        )
        for row in content["survey"]
        if row["type"] in ("text", "integer", "select_one", "select_multiple", "calculate")
    ]  # fmt: skip


def _label(row: Mapping[str, list[str] | None], language: int) -> str:
    labels = row.get("label") or [""]
    return labels[language]


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
