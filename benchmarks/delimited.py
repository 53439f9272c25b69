"""Returns as text: semicolon-separated labels in Windows-1252, and LimeSurvey exports."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.layouts import LABELLED, LIMESURVEY, Column, answer_columns, key_columns
from benchmarks.questionnaire import Campaign, Questionnaires
from benchmarks.workbooks import Part


def write_labelled(path: Path, questionnaires: Questionnaires, campaign: Campaign, part: Part) -> None:
    """Labels only, decimal comma, a column of Oui or Non per option, as a French spreadsheet saves it."""
    keys = key_columns(part.responses, questionnaires.key_columns, part.rows)
    columns = answer_columns(LABELLED, part.responses, part.rows)
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([column.label for column in keys] + [column.code for column in columns])
        writer.writerows(zip(*(column.cells for column in keys + columns), strict=True))


def write_limesurvey(path: Path, questionnaires: Questionnaires, campaign: Campaign, part: Part) -> None:
    """Codes without punctuation, every value quoted, unfinished responses without `submitdate`."""
    many = len(part.rows)
    started = [f"{campaign.opens_on.isoformat()} 09:00:00"] * many
    ended = f"{campaign.opens_on.isoformat()} 09:41:00"
    submitted = [ended if done else "" for done in part.responses.submitted[part.rows].tolist()]
    identifier = next(iter(part.responses.keys))
    columns = [
        Column("id", "", list(range(1, many + 1))),
        Column("submitdate", "", list(submitted)),
        Column("lastpage", "", [9] * many),
        Column("startlanguage", "", ["fr"] * many),
        Column("seed", "", list(range(100_000, 100_000 + many))),
        Column("startdate", "", list(started)),
        Column("datestamp", "", [ended] * many),
        Column(identifier, "", part.responses.keys[identifier][part.rows].tolist()),
        *answer_columns(LIMESURVEY, part.responses, part.rows),
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([column.code for column in columns])
        writer.writerows(zip(*(column.cells for column in columns), strict=True))
