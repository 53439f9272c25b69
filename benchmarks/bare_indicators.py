"""The lines of ``indicators.csv`` spelt out for one campaign, for the bare script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.questionnaire import Campaign, Question, Questionnaires, rows_of

FRAME_KINDS = ("frame", "frame_share")
FRAME_NAMES = {"agreed", "solicited", "responded", "fcsf_member"}
AGGREGATE = re.compile(r"\b(SUM|COUNT)\(")
QUOTED = re.compile(r"'[^']*'")
NAME = re.compile(r"\b[a-z][a-z0-9_]*\b")


@dataclass(frozen=True)
class FigureLine:
    """One indicator and breakdown: SQL aggregates, the base inside each."""

    number: int
    indicator: str
    breakdown: str
    kind: str
    types: str
    of_frame: bool
    no_base: bool
    numerator: str
    denominator: str
    answered: str


def derived_columns(questionnaires: Questionnaires, campaign: Campaign) -> list[tuple[str, str]]:
    """Name and SQL of the variables derived in a campaign, in the order of the file."""
    return [
        (line["variable"], line["expression"])
        for line in rows_of(questionnaires.folder / "derived.csv")
        if str(campaign.campaign) in line["campaigns"].split(";")
    ]


def figure_lines(questionnaires: Questionnaires, campaign: Campaign, names: set[str]) -> list[FigureLine]:
    """The lines that a campaign can answer: those whose expressions only use the columns `names`."""
    parameters = {
        line["parameter"]: line["value"]
        for line in rows_of(questionnaires.folder / "parameters.csv")
        if str(campaign.campaign) in line["campaigns"].split(";")
    }
    asked = {question.variable: question for form in campaign.forms for question in form.questions}
    lines: list[FigureLine] = []
    for row in rows_of(questionnaires.folder / "indicators.csv"):
        if row["campaigns"] != "all" and str(campaign.campaign) not in row["campaigns"].split(";"):
            continue
        of_frame = row["kind"] in FRAME_KINDS
        for choice in _choices(questionnaires, asked, row["breakdown"]):
            numerator, denominator, base = (
                _spelt(row[part], choice, asked, parameters) for part in ("numerator", "denominator", "base")
            )
            used = set(NAME.findall(QUOTED.sub("", f"{numerator} {denominator} {base}")))
            if not used <= (FRAME_NAMES if of_frame else names):
                continue
            lines.append(
                FigureLine(
                    len(lines),
                    row["indicator"],
                    choice,
                    row["kind"],
                    row["structure_types"],
                    of_frame,
                    not denominator,
                    _based(numerator, base),
                    _based(denominator, base) if denominator else "NULL",
                    f"COUNT(*) FILTER ({base})" if base else "COUNT(*)",
                )
            )
    return lines


def _choices(questionnaires: Questionnaires, asked: dict[str, Question], breakdown: str) -> Iterator[str]:
    """The options asked this year for a question, else the codes of the list, else one line without breakdown."""
    if breakdown == "none":
        yield ""
    elif breakdown in asked:
        yield from asked[breakdown].options
    else:
        yield from questionnaires.choices[breakdown]


def _spelt(sql: str, choice: str, asked: dict[str, Question], parameters: dict[str, str]) -> str:
    """An expression with its choice, its lists of options and its parameters written out."""
    sql = sql.replace("{choice}", choice)
    sql = re.sub(r":(?=\w)(\w+)", lambda found: parameters.get(found[1], found[0]), sql)

    def options(found: re.Match[str]) -> str:
        return " + ".join(f"{found[1]}__{option}" for option in asked[found[1]].options)

    return re.sub(r"\{all:?(\w+)\}", options, sql)


def _based(sql: str, base: str) -> str:
    """`sql` with every aggregate restricted to the rows of the base."""
    if not base:
        return sql
    written, rest = "", sql
    while found := AGGREGATE.search(rest):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(rest[end], 0)
            end += 1
        written += rest[:end] + f" FILTER ({base})"
        rest = rest[end:]
    return written + rest
