"""From the text of cells to options and to yes or no: an option per cell, several in one, a column per option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.registry.model import Registry
from ingest.spelling import folded

if TYPE_CHECKING:
    import polars as pl

UNREADABLE, UNKNOWN_OPTION = "unreadable", "unknown_option"
JOINED = r"\s*[;\n|]\s*"


def folded_words(texts: pl.Series) -> pl.Series:
    """Folded spelling of the cells that hold letters or signs; plain numbers are left as they are."""
    import polars as pl

    words = texts.unique().to_list()
    table = {word: folded(word) for word in words if len(word) <= 400 and not word.isdigit()}
    return texts.replace(table) if table else texts.cast(pl.String)


def booleans_by_word(registry: Registry) -> dict[str, float]:
    """What each word that ticks or answers yes or no is worth: 1 or 0."""
    return {folded(word): float(meaning) for word, meaning in registry.spellings["boolean"].items()}


def option_codes(registry: Registry, campaign: int) -> pl.DataFrame:
    """How each option can be written (N9): structure_type, question_code, key, code, rank."""
    import polars as pl

    rows: dict[tuple[str, str, str], tuple[str, int]] = {}
    for question in registry.questions_of(campaign):
        labels = {choice.code: choice.label_fr for choice in registry.choices_of.get(question.choices, [])}
        for rank, code in enumerate(question.options, start=1):
            abroad = registry.labels_abroad(question, code).values()
            for spelling in (code, labels[code], f"A{rank}", f"SQ{rank:03d}", *abroad):
                rows.setdefault((question.structure_type, question.question_code, folded(spelling)), (code, rank))
    return pl.DataFrame(
        [(*key, *value) for key, value in rows.items()],
        schema=dict.fromkeys(("structure_type", "question_code", "key", "code"), pl.String) | {"rank": pl.Int64},
        orient="row",
    )


def single_choices(frame: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """One option in a cell."""
    import polars as pl

    codes = option_codes(registry, campaign)
    return frame.join(codes, on=["structure_type", "question_code", "key"], how="left").with_columns(
        value_text=pl.col("code"), fault=pl.when(pl.col("code").is_null()).then(pl.lit(UNKNOWN_OPTION))
    )


def joined_choices(frame: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """Several options in one cell: labels or codes joined by semicolons, bars or line breaks, or codes by spaces."""
    import polars as pl

    codes = option_codes(registry, campaign)
    distinct = frame.select("structure_type", "question_code", "key").unique().with_row_index("cell")
    by_signs = distinct.with_columns(part=pl.col("key").str.replace_all(JOINED, ";").str.split(";"))
    by_spaces = distinct.with_columns(part=pl.col("key").str.split(" "))
    readings = []
    for parts in (by_signs, by_spaces):
        named = (
            parts.explode("part")
            .with_columns(part=pl.col("part").str.strip_chars())
            .filter(pl.col("part") != "")
            .join(codes, left_on=["structure_type", "question_code", "part"],
                  right_on=["structure_type", "question_code", "key"], how="left")
        )  # fmt: skip
        readings.append(
            named.group_by("cell").agg(
                complete=pl.col("code").is_not_null().all(),
                codes=pl.col("code").sort_by("rank").unique(maintain_order=True).str.join("|"),
            )
        )
    signs, spaces = (reading.filter("complete").select("cell", "codes") for reading in readings)
    table = (
        distinct.join(signs, on="cell", how="left")
        .join(spaces, on="cell", how="left", suffix="_by_spaces")
        .with_columns(value_text=pl.coalesce("codes", "codes_by_spaces"))
        .select("structure_type", "question_code", "key", "value_text")
    )
    return frame.join(table, on=["structure_type", "question_code", "key"], how="left").with_columns(
        fault=pl.when(pl.col("value_text").is_null()).then(pl.lit(UNKNOWN_OPTION))
    )


def ticked_options(frame: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """One column per option: ticked, not ticked, empty. All empty is no answer (those cells are not here)."""
    import polars as pl

    ranks = option_codes(registry, campaign).select("structure_type", "question_code", "code", "rank").unique()
    words = booleans_by_word(registry)
    tokens = {folded(token): status for token, status in registry.special_values.items() if status not in ("answered",)}
    cells = (
        frame.with_columns(key=folded_words(frame["trimmed"]))
        .join(ranks, left_on=["structure_type", "question_code", "option"],
              right_on=["structure_type", "question_code", "code"], how="left")
        .with_columns(
            ticked=pl.col("key").replace_strict(words, default=None, return_dtype=pl.Float64),
            token=pl.col("key").replace_strict(tokens, default=None, return_dtype=pl.String),
        )
        .filter(pl.col("token").is_null() | (pl.col("token") != "blank"))
        .sort("row_id", "question_code", "rank")
    )  # fmt: skip
    return (
        cells.group_by("row_id", "structure_type", "question_code", "variable", "type", maintain_order=True)
        .agg(
            sheet=pl.col("sheet").first(),
            line=pl.col("line").first(),
            column=pl.col("column").min(),
            last_column=pl.col("column").max(),
            text=pl.concat_str("option", pl.lit("="), "trimmed").str.join(" ; "),
            said=pl.col("trimmed").unique(maintain_order=True).str.join(" ; "),
            value_text=pl.col("option").filter(pl.col("ticked") == 1).str.join("|"),
            known=(pl.col("ticked").is_not_null()).any(),
            unreadable=(pl.col("ticked").is_null() & pl.col("token").is_null()).any(),
            token=pl.col("token").drop_nulls().first(),
        )
        .with_columns(
            status=pl.when(~pl.col("known") & ~pl.col("unreadable")).then(pl.col("token")),
            fault=pl.when(pl.col("unreadable")).then(pl.lit(UNREADABLE)),
        )
        .with_columns(
            text=pl.when(pl.col("status").is_null()).then("text").otherwise("said"),
            value_text=pl.when(pl.col("status").is_null() & pl.col("fault").is_null()).then(
                pl.col("value_text").fill_null("")
            ),
        )
    )
