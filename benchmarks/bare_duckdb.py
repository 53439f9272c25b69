"""The same figures from the same files, as an analyst would script it once: the yardstick of the benchmark.

Reads every return (python-calamine, csv), stacks the cells in DuckDB, keeps the last row of each structure, parses,
pivots wide, joins the territories and computes every line of ``indicators.csv``. Nothing else that the project owes:
no archive, no address of an answer, no status, no rule, no report, no marts, no verdict. It trusts its input: known
layouts, well-spelt options, one sender per structure.

    python -m benchmarks.bare_duckdb DATASET FIGURES.csv
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.bare_indicators import FigureLine, derived_columns, figure_lines
from benchmarks.bare_reading import stack_cells
from benchmarks.questionnaire import Question, Questionnaires, read_questionnaires

TRUE = "('oui', 'o', 'x', 'vrai', 'true', 'yes', 'y', '1', '1.0')"
FALSE = "('non', 'n', 'faux', 'false', 'no', '0', '0.0')"
TYPED = r"regexp_extract(regexp_replace(value, '[\s\x{00A0}\x{202F}]', '', 'g'), '-?[0-9]+([.,][0-9]+)?')"
NUMBER = f"try_cast(replace({TYPED}, ',', '.') AS DOUBLE)"
PERCENT = "('share', 'distribution', 'frame_share')"


def headers(questionnaires: Questionnaires) -> Iterator[tuple[object, ...]]:
    """campaign, header, variable, type, option ('' for the whole question), for every known spelling of a column."""
    for campaign, question in questions(questionnaires):
        lime = re.sub(r"[._]", "", question.code)
        kobo = f"{question.section}/{question.code.lower().replace('.', '_')}"
        for header in (question.code, question.label, lime, kobo):
            yield campaign, header, question.variable, question.type, ""
        for place, (option, label) in enumerate(zip(question.options, question.option_labels, strict=True), start=1):
            split = (
                f"{question.code}/{option}",
                f"{question.label} - {label}",
                f"{lime}[SQ{place:03d}]",
                f"{kobo}/{option}",
            )
            for header in split:
                yield campaign, header, question.variable, question.type, option


def options(questionnaires: Questionnaires) -> Iterator[tuple[object, ...]]:
    """campaign, variable, spelling, option."""
    for campaign, question in questions(questionnaires):
        for place, (option, label) in enumerate(zip(question.options, question.option_labels, strict=True), start=1):
            for spelling in (option, label, f"A{place}"):
                yield campaign, question.variable, spelling, option


def questions(questionnaires: Questionnaires) -> Iterator[tuple[int, Question]]:
    """Every question of every form, with its campaign."""
    for campaign in questionnaires.campaigns:
        for form in campaign.forms:
            for question in form.questions:
                yield campaign.campaign, question


def load_lines(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], lines: Iterable[tuple[object, ...]]
) -> None:
    """A small table from tuples, without repetition."""
    con.register("lines", pa.table(dict(zip(columns, map(pa.array, zip(*set(lines), strict=True)), strict=False))))
    con.execute(f"CREATE TABLE {table} AS SELECT * FROM lines")


def parse_answers(con: duckdb.DuckDBPyConnection) -> None:
    """Table `parsed`: campaign, structure_id, name (a variable, or ``variable__option``), number, code."""
    con.execute(
        f"""
        CREATE TABLE counted AS
        SELECT campaign, structure_id, max(1e6::BIGINT * file + row) AS last FROM cells
        SEMI JOIN frame USING (campaign, structure_id) GROUP BY ALL;
        CREATE TABLE answers AS
        SELECT campaign, structure_id, variable, type, option, value
        FROM cells JOIN counted USING (campaign, structure_id) JOIN headers USING (campaign, header)
        WHERE 1e6::BIGINT * file + row = last AND type NOT IN ('text', 'date');
        CREATE TABLE ticks AS
        SELECT DISTINCT campaign, structure_id, variable, option FROM (
            SELECT campaign, structure_id, variable, option FROM answers
            WHERE option <> '' AND lower(value) IN {TRUE}
            UNION ALL
            SELECT campaign, structure_id, variable, options.option
            FROM (SELECT campaign, structure_id, variable, unnest(string_split(value, CASE
                    WHEN regexp_full_match(value, '[a-z0-9_ ]+') THEN ' ' ELSE ' ; ' END)) AS spelling
                  FROM answers WHERE type = 'multi_choice' AND option = '')
            JOIN options USING (campaign, variable, spelling));
        CREATE TABLE parsed AS
        SELECT campaign, structure_id, variable AS name, CASE
            WHEN type <> 'boolean' THEN coalesce(try_cast(value AS DOUBLE), {NUMBER})
            WHEN lower(value) IN {TRUE} THEN 1 WHEN lower(value) IN {FALSE} THEN 0 END AS number, NULL AS code
        FROM answers WHERE type NOT IN ('multi_choice', 'single_choice')
        UNION ALL
        SELECT campaign, structure_id, variable, NULL, options.option
        FROM answers JOIN options USING (campaign, variable) WHERE type = 'single_choice' AND value = spelling
        UNION ALL
        SELECT campaign, structure_id, variable, NULL, string_agg(option, '|') FROM ticks GROUP BY ALL
        UNION ALL
        SELECT every.campaign, every.structure_id, every.variable || '__' || every.option,
            (ticks.option IS NOT NULL)::INT, NULL
        FROM (SELECT DISTINCT campaign, structure_id, variable, options.option
              FROM ticks JOIN options USING (campaign, variable)) AS every
        LEFT JOIN ticks USING (campaign, structure_id, variable, option)
        """
    )


def widen(con: duckdb.DuckDBPyConnection, campaign: int, derived: list[tuple[str, str]]) -> set[str]:
    """Table `wide` of a campaign: a row per respondent, a column per name; the columns' names are returned."""
    names = {
        name for (name,) in con.execute("SELECT DISTINCT name FROM parsed WHERE campaign = ?", [campaign]).fetchall()
    }
    computed = [(name, sql) for name, sql in derived if name not in names]
    con.execute(
        f"""CREATE OR REPLACE TABLE wide AS
        SELECT *{"".join(f", {sql} AS {name}" for name, sql in computed)}
        FROM (SELECT structure_id FROM counted WHERE campaign = {campaign})
        LEFT JOIN (PIVOT (SELECT structure_id, name, number FROM parsed WHERE campaign = {campaign} AND code IS NULL)
                   ON name USING any_value(number)) USING (structure_id)
        LEFT JOIN (PIVOT (SELECT structure_id, name, code FROM parsed WHERE campaign = {campaign} AND code IS NOT NULL)
                   ON name USING any_value(code)) USING (structure_id)"""
    )
    return names | {name for name, _ in computed}


def load_frames(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Tables `frame` (of all campaigns, typed) and `bridge` (campaign, territory_id, level, code, structure_id)."""
    con.execute(
        f"""
        CREATE TABLE frame AS SELECT * REPLACE (campaign::INT AS campaign, agreed::INT AS agreed,
            solicited::INT AS solicited, fcsf_member::INT AS fcsf_member)
        FROM read_csv('{folder}/frames/frame_*.csv', all_varchar = true);
        CREATE TABLE territories AS
        SELECT territory_id, level, code, combines_types = 'true' AS combines, vintage_from::INT AS since,
            coalesce(vintage_to::INT, 9999) AS till
        FROM read_csv('{folder}/questionnaires/territories.csv', all_varchar = true) AS places
        JOIN read_csv('{folder}/questionnaires/territory_levels.csv', all_varchar = true) AS levels USING (level);
        CREATE TABLE bridge AS
        SELECT campaign, territory_id, level, code, combines, structure_id FROM (
            SELECT code, level, campaign, structure_id FROM frame, territories WHERE level = 'national'
            UNION ALL SELECT departement, 'departement', campaign, structure_id FROM frame
            UNION ALL SELECT federation, 'federation', campaign, structure_id FROM frame
            UNION ALL SELECT unnest(string_split(focus_territories, ';')), 'focus', campaign, structure_id FROM frame)
        JOIN territories USING (level, code) WHERE campaign BETWEEN since AND till
        UNION ALL
        SELECT campaign, territory_id, level, code, combines, structure_id
        FROM read_csv('{folder}/questionnaires/territory_members.csv', all_varchar = true)
        JOIN territories USING (territory_id) JOIN frame ON member_code = departement
        WHERE member_type = 'departement' AND campaign BETWEEN since AND till
        """
    )


def compute(con: duckdb.DuckDBPyConnection, campaign: int, lines: list[FigureLine]) -> None:
    """Adds the figures of a campaign to `figures`, from `wide`: one scan for all the lines of a population."""
    types = "[structure_type] || CASE WHEN combines AND mixed THEN ['ALL'] ELSE [] END"
    con.execute(
        f"""CREATE OR REPLACE TABLE places AS
        SELECT territory_id, level, code, unnest({types}) AS population, frame.*,
            (wide.structure_id IS NOT NULL)::INT AS responded
        FROM bridge JOIN frame USING (campaign, structure_id) LEFT JOIN wide USING (structure_id),
            (SELECT count(DISTINCT structure_type) > 1 AS mixed FROM frame WHERE campaign = {campaign})
        WHERE campaign = {campaign}"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE counts AS
        SELECT territory_id, population, sum(agreed) AS n_agreed, sum(solicited) AS n_solicited,
            sum(responded) AS n_responded FROM places GROUP BY ALL"""
    )
    for of_frame in (True, False):
        chosen = [line for line in lines if line.of_frame == of_frame]
        items = ", ".join(
            f"{{'line': {line.number}, 'num': ({line.numerator})::DOUBLE, 'den': ({line.denominator})::DOUBLE, "
            f"'n': {line.answered}}}"
            for line in chosen
        )
        source = (
            "places"
            if of_frame
            else ("(SELECT territory_id, level, code, population, wide.* FROM places JOIN wide USING (structure_id))")
        )
        con.execute(
            f"""INSERT INTO figures
            SELECT {campaign}, level, code, population, indicator, breakdown,
                CASE WHEN kind IN {PERCENT} THEN 100 ELSE 1 END * x.num / CASE WHEN no_base THEN 1 ELSE x.den END,
                x.num, x.den, CASE WHEN of_frame THEN n_responded ELSE x.n END, n_agreed, n_solicited, n_responded
            FROM (SELECT territory_id, level, code, population, unnest([{items}]) AS x FROM {source} GROUP BY ALL)
            JOIN counts USING (territory_id, population) JOIN lines ON lines.number = x.line
            WHERE x.n > 0 AND (no_base OR x.den <> 0) AND (types = 'both' OR types = population)"""
        )


def main(folder: Path, target: Path) -> None:
    """Writes the figures of a dataset as CSV, and prints the seconds of each step as JSON."""
    seconds: dict[str, float] = {}
    started = time.perf_counter()

    def done(step: str) -> None:
        nonlocal started
        seconds[step] = seconds.get(step, 0) + time.perf_counter() - started
        started = time.perf_counter()

    questionnaires = read_questionnaires(folder / "questionnaires")
    con = duckdb.connect()
    key, label = next(iter(questionnaires.key_columns.items()))
    stack_cells(con, folder, {key, label, f"structure/{key.lower()}"})
    done("read")
    load_frames(con, folder)
    load_lines(con, "headers", ("campaign", "header", "variable", "type", "option"), headers(questionnaires))
    load_lines(con, "options", ("campaign", "variable", "spelling", "option"), options(questionnaires))
    parse_answers(con)
    done("parse")
    con.execute(
        """CREATE TABLE figures (campaign INT, level TEXT, territory TEXT, structure_type TEXT, indicator TEXT,
        breakdown TEXT, value DOUBLE, numerator DOUBLE, denominator DOUBLE, n_respondents BIGINT, n_agreed BIGINT,
        n_solicited BIGINT, n_responded BIGINT)"""
    )
    for campaign in questionnaires.campaigns:
        names = widen(con, campaign.campaign, derived_columns(questionnaires, campaign))
        lines = figure_lines(questionnaires, campaign, names)
        con.register("lines", pa.Table.from_pylist([asdict(line) for line in lines]))
        compute(con, campaign.campaign, lines)
    done("figures")
    con.execute(f"COPY (SELECT * FROM figures ORDER BY ALL) TO '{target}' (HEADER)")
    done("write")
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
