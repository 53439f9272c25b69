"""From the text of cells to values: numbers and dates here, options and yes or no in `ingest.values.choice_cells`.

Set-wise, on all the files of a batch.
The rules are N1-N14 and N20 of questionnaires/normalisation.csv; the words are those of special_values.csv and
spellings.csv. What can't be read is marked, never guessed: the schema (`ingest.values.schema`) turns marks into
refusals.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import polars as pl

from core.spelling import folded
from ingest.values.choice_cells import (
    UNREADABLE,
    booleans_by_word,
    folded_words,
    joined_choices,
    option_codes,
    single_choices,
    ticked_options,
)
from registry.model import NUMERIC_TYPES, Registry

LARGEST_NUMBER = 1e12 - 1
"""Beyond it a number is not an answer: the column types of the warehouse end there."""
DATE_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")
MONTH_FIRST = "%m/%d/%Y"
DATE_COLUMN = ("entry_id", "sheet", "question_code")
DATE_IN_WORDS = re.compile(r"(\d{1,2})(?:er)? ([a-z.]+) (\d{4})")
SERIAL_DATES = (10_000, 80_000)
"""Excel's day numbers that are dates of our time (1927 to 2119): 2016 alone is a year, not a day of 1905."""
YEARS = (1800, 2199)
LONE_DASH = "-"
SPACES = "[ \u00a0\u2007-\u200a\u202f]"
PLAIN_NUMBER = rf"^[+\-−]?{SPACES}*(?:\d+|\d{{1,3}}(?:{SPACES}+\d{{3}})+)(?:[.,]\d+)?$"
"""A space parts the digits before the decimals only, by three: "12, 5" and "12 15" may be two numbers."""
NOT_DIGITS = re.compile(r"[^\W\d_a-zA-Z]*[\u0335-\u0338\u20d2\u20d3\u20e5\u20eb]|[¹²³⁰⁴-⁹₀-₉]")
"""A sign that strikes what is before it, a digit raised or lowered: what they touch is no part of a number."""
LINE_BREAKS = re.compile(r"[\t\r\n]")


@dataclass(frozen=True)
class NumberReading:
    """A number written with words around it."""

    value: float
    approximate: bool
    unit_removed: bool


def answers_of(cells: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """One line per row and question with some text in it.

    `cells`: row_id, structure_type, question_code, option, sheet, line, column, text; entry_id where the rows of a file
    are read together. Returns row_id, structure_type, question_code, variable, type, sheet, line, column, last_column,
    raw, status, value_num, value_text, value_date, fault, approximate, unit_removed.
    """
    questions = pl.DataFrame(
        [
            (q.structure_type, q.question_code, q.variable, q.type, registry.variables[q.variable].unit)
            for q in registry.questions_of(campaign)
        ],
        schema=["structure_type", "question_code", "variable", "type", "unit"],
        orient="row",
    )
    known = cells.join(questions, on=["structure_type", "question_code"], how="inner").with_columns(
        trimmed=pl.col("text").str.strip_chars()
    )
    if "entry_id" not in known.columns:
        known = known.with_columns(entry_id=pl.col("row_id").cast(pl.String))
    whole = known.filter((pl.col("option") == "") & (pl.col("trimmed") != ""))
    options = known.filter((pl.col("option") != "") & (pl.col("trimmed") != ""))
    split = ticked_options(options, registry, campaign)
    named = whole.select("row_id", "question_code", named=pl.lit(True))
    split = split.join(named, on=["row_id", "question_code"], how="left").filter(
        # a cell that names options says more than columns where none is ticked
        pl.col("named").is_null() | pl.col("value_text").ne_missing("")
    )
    single = whole.join(split, on=["row_id", "question_code"], how="anti")
    single = single.with_columns(key=folded_words(single["trimmed"]))
    options_named = option_codes(registry, campaign).select("structure_type", "question_code", "key", is_option=True)
    single = single.join(options_named, on=["structure_type", "question_code", "key"], how="left").with_columns(
        # an option can read like a special value ("Non concerné"): the question's own options come first, but a blank
        # that programs write ("None") is one unless it is the option's code to the letter
        special=_status(registry),
    )
    as_option = pl.col("is_option").is_not_null() & (
        pl.col("special").ne_missing("blank") | (pl.col("trimmed") == pl.col("key"))
    )
    single = single.with_columns(status=pl.when(~as_option).then("special"))
    special = single.filter(pl.col("status").is_not_null())
    plain = single.filter(pl.col("status").is_null())
    parts = [
        _shaped(special),
        _shaped(_numbers(plain.filter(pl.col("type").is_in(list(NUMERIC_TYPES))), registry)),
        _shaped(_booleans(plain.filter(pl.col("type") == "boolean"), registry)),
        _shaped(single_choices(plain.filter(pl.col("type") == "single_choice"), registry, campaign)),
        _shaped(joined_choices(plain.filter(pl.col("type") == "multi_choice"), registry, campaign)),
        _shaped(_dates(plain.filter(pl.col("type") == "date"), registry)),
        _shaped(plain.filter(pl.col("type") == "text").with_columns(value_text=pl.col("trimmed"))),
        _shaped(split),
    ]
    return pl.concat(parts).sort("row_id", "question_code")


def read_number(text: str, unit: str, registry: Registry) -> NumberReading | None:
    """A number with an approximation before it or its unit after it (N3, N4, N6); None when it is not that."""
    if LINE_BREAKS.search(text.strip()) or NOT_DIGITS.search(text):
        return None
    rest = folded(text)
    approximate = unit_removed = False
    for word in sorted(registry.spellings.get("approximation", {}), key=len, reverse=True):
        if rest.startswith(word) and not rest[len(word) : len(word) + 1].isalpha():
            rest, approximate = rest[len(word) :].strip(), True
            break
    for word, meaning in registry.spellings.get("unit", {}).items():
        if meaning == unit and rest.endswith(word) and not rest[: -len(word)].rstrip()[-1:].isalpha():
            rest, unit_removed = rest[: -len(word)].strip(), True
            break
    if not re.fullmatch(PLAIN_NUMBER, rest):
        return None
    digits = re.sub(SPACES, "", rest).replace(",", ".").replace("−", "-")
    return NumberReading(float(digits), approximate, unit_removed)


def _status(registry: Registry) -> pl.Expr:
    tokens = {
        folded(token): status
        for token, status in registry.special_values.items()
        if token not in ("", LONE_DASH) and status != "answered"
    }
    status = pl.col("key").replace_strict(tokens, default=None, return_dtype=pl.String)
    dash = (pl.col("key") == LONE_DASH) & (pl.col("type") != "text")
    return pl.when(dash).then(pl.lit(registry.special_values.get(LONE_DASH, "blank"))).otherwise(status)


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    defaults = {
        "status": pl.lit(None, pl.String),
        "value_num": pl.lit(None, pl.Float64),
        "value_text": pl.lit(None, pl.String),
        "value_date": pl.lit(None, pl.Date),
        "fault": pl.lit(None, pl.String),
        "approximate": pl.lit(False),
        "unit_removed": pl.lit(False),
        "last_column": pl.col("column"),
        "raw": pl.col("text"),
    }
    frame = frame.with_columns(**{name: value for name, value in defaults.items() if name not in frame.columns})
    return frame.select(
        "row_id", "structure_type", "question_code", "variable", "type", "sheet",
        pl.col("line").cast(pl.Int32), pl.col("column").cast(pl.Int32), pl.col("last_column").cast(pl.Int32),
        "raw", "status", "value_num", "value_text", "value_date", "fault", "approximate", "unit_removed",
    )  # fmt: skip


def _numbers(frame: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    bare = pl.col("trimmed").str.replace_all(SPACES, "")
    digits = bare.str.replace(",", ".", literal=True).str.replace("−", "-", literal=True)
    plain = pl.col("trimmed").str.contains(PLAIN_NUMBER)
    frame = frame.with_columns(
        value_num=pl.when(plain).then(digits).cast(pl.Float64, strict=False),
        approximate=pl.lit(False),
        unit_removed=pl.lit(False),
    )
    dressed = frame.filter(pl.col("value_num").is_null()).select("trimmed", "unit").unique()
    if dressed.height:
        readings = [
            (text, unit, reading.value, reading.approximate, reading.unit_removed)
            for text, unit in dressed.iter_rows()
            if (reading := read_number(text, unit, registry))
        ]
        table = pl.DataFrame(
            readings,
            schema={
                "trimmed": pl.String,
                "unit": pl.String,
                "read": pl.Float64,
                "about": pl.Boolean,
                "stripped": pl.Boolean,
            },
            orient="row",
        )
        frame = frame.join(table, on=["trimmed", "unit"], how="left").with_columns(
            value_num=pl.coalesce("value_num", "read"),
            approximate=pl.col("about").fill_null(False),
            unit_removed=pl.col("stripped").fill_null(False),
        )
    value = pl.col("value_num")
    fractional = (pl.col("type") == "integer") & (value != value.round(0))
    refused = value.is_null() | fractional | (value.abs() > LARGEST_NUMBER)
    return frame.with_columns(
        fault=pl.when(refused).then(pl.lit(UNREADABLE)),
        value_num=pl.when(~refused).then(value),
    )


def _booleans(frame: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    value = pl.col("key").replace_strict(booleans_by_word(registry), default=None, return_dtype=pl.Float64)
    return frame.with_columns(value_num=value, fault=pl.when(value.is_null()).then(pl.lit(UNREADABLE)))


def _dates(frame: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    day = pl.col("trimmed").str.replace(r"[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?$", "")
    serial = pl.col("trimmed").str.replace(r"[.,]0+$", "").cast(pl.Int64, strict=False)
    in_words = {text: date for text in frame["key"].unique() if (date := _date_in_words(text, registry))}
    of_our_time = serial.is_between(*SERIAL_DATES)
    read = pl.coalesce(
        *(day.str.to_date(pattern, strict=False) for pattern in DATE_FORMATS),
        pl.when(of_our_time).then(pl.date(1899, 12, 30) + pl.duration(days=serial)),
        pl.col("key").replace_strict(in_words, default=None, return_dtype=pl.Date),
    )
    read = pl.when(read.dt.year().is_between(*YEARS) & ~_in_doubt(day)).then(read)
    return frame.with_columns(value_date=read, fault=pl.when(read.is_null()).then(pl.lit(UNREADABLE)))


def _in_doubt(day: pl.Expr) -> pl.Expr:
    """Whether a date may be month first: another of its column (the same sheet of the same file, the same question)
    can't be day first. Nothing then tells which order the others are in, but where the day is beyond twelve or the
    two numbers are the same. One slip among several dates that are day first for sure changes nothing."""

    written = day.str.replace_all(r"[.-]", "/")
    as_day_first = written.str.to_date(DATE_FORMATS[0], strict=False)
    as_month_first = written.str.to_date(MONTH_FIRST, strict=False)
    days = (as_day_first.is_not_null() & as_month_first.is_null()).sum().over(DATE_COLUMN)
    months = (as_month_first.is_not_null() & as_day_first.is_null()).sum().over(DATE_COLUMN)
    column_in_doubt = (months > 0) & ~((months == 1) & (days > 1))
    return (column_in_doubt & as_month_first.is_not_null() & (as_day_first != as_month_first)).fill_null(False)


def _date_in_words(text: str, registry: Registry) -> dt.date | None:
    """``1er janvier 1968``, from a folded text."""
    match = DATE_IN_WORDS.fullmatch(text)
    month = registry.spellings.get("month", {}).get(match[2]) if match else None
    if not match or not month:
        return None
    try:
        return dt.date(int(match[3]), int(month), int(match[1]))
    except ValueError:
        return None
