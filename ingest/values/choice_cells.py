"""From the text of cells to options and to yes or no: an option per cell, several in one, a column per option."""

from __future__ import annotations

import re

import polars as pl

from core.spelling import folded
from registry.model import Registry

UNREADABLE, UNKNOWN_OPTION = "unreadable", "unknown_option"
LISTED = re.compile(r"\s*\n\s*(?:[-•*]\s*)?")
JOINT = re.compile(r" *[,/;|+&] *| et |$")
IN_BRACKETS = re.compile(r" *\([^()]*\)$")
PRECISION = r"^(.+?) *[:(].+$"
"""An option with more said of it: ``Autre : SCIC``, ``Association (loi 1901)``."""
JOINED = r"\s*[;\n|]\s*"


def folded_words(texts: pl.Series) -> pl.Series:
    """Folded spelling of the cells that hold letters or signs; plain numbers are left as they are."""
    words = texts.unique().to_list()
    table = {word: folded(word) for word in words if len(word) <= 400 and not word.isdigit()}
    return texts.replace(table) if table else texts.cast(pl.String)


def booleans_by_word(registry: Registry) -> dict[str, float]:
    """What each word that ticks or answers yes or no is worth: 1 or 0."""
    return {folded(word): float(meaning) for word, meaning in registry.spellings["boolean"].items()}


def option_codes(registry: Registry, campaign: int) -> pl.DataFrame:
    """How each option can be written (N9): structure_type, question_code, key, code, rank.

    A label may lack what it has in brackets at its end, where no other option then reads the same.
    """
    rows: dict[tuple[str, str, str], tuple[str, int]] = {}
    for question in registry.questions_of(campaign):
        labels = {choice.code: choice.label_fr for choice in registry.choices_of.get(question.choices, [])}
        for rank, code in enumerate(question.options, start=1):
            abroad = registry.labels_abroad(question, code).values()
            for spelling in (code, labels[code], f"A{rank}", f"SQ{rank:03d}", *abroad):
                rows.setdefault((question.structure_type, question.question_code, folded(spelling)), (code, rank))
        bare = {code: IN_BRACKETS.sub("", folded(labels[code])) for code in question.options}
        for rank, (code, spelling) in enumerate(bare.items(), start=1):
            if list(bare.values()).count(spelling) == 1:
                rows.setdefault((question.structure_type, question.question_code, spelling), (code, rank))
    return pl.DataFrame(
        [(*key, *value) for key, value in rows.items()],
        schema=dict.fromkeys(("structure_type", "question_code", "key", "code"), pl.String) | {"rank": pl.Int64},
        orient="row",
    )


def single_choices(frame: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """One option in a cell, alone or with more said of it."""
    codes = option_codes(registry, campaign)
    place = ["structure_type", "question_code"]
    bare = codes.select(*place, pl.col("key").alias("bare_key"), bare_code="code")
    return (
        frame.join(codes, on=[*place, "key"], how="left")
        .with_columns(bare_key=pl.col("key").str.extract(PRECISION))
        .join(bare, on=[*place, "bare_key"], how="left")
        .with_columns(value_text=pl.coalesce("code", "bare_code"))
        .with_columns(fault=pl.when(pl.col("value_text").is_null()).then(pl.lit(UNKNOWN_OPTION)))
    )


def joined_choices(frame: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """Several options in one cell: labels or codes joined by semicolons or bars, codes by spaces; else in any way that
    leaves nothing but options (commas, slashes, a list of lines, "et")."""
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
    read = frame.join(table, on=["structure_type", "question_code", "key"], how="left")
    return (
        read.join(_listed(read, codes), on=["structure_type", "question_code", "trimmed"], how="left")
        .with_columns(value_text=pl.coalesce("value_text", "listed"))
        .with_columns(fault=pl.when(pl.col("value_text").is_null()).then(pl.lit(UNKNOWN_OPTION)))
    )


def _listed(read: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """structure_type, question_code, trimmed, listed: the options of the cells not read yet, told one after another."""
    place = ("structure_type", "question_code")
    spellings: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}
    for kind, question, key, code, rank in codes.select(*place, "key", "code", "rank").iter_rows():
        spellings.setdefault((kind, question), {})[key] = (rank, code)
    unread = read.filter(pl.col("value_text").is_null()).select(*place, "trimmed").unique()
    found = [
        (kind, question, text, _options_in_turn(text, spellings.get((kind, question), {})))
        for kind, question, text in unread.iter_rows()
    ]
    schema = dict.fromkeys((*place, "trimmed", "listed"), pl.String)
    return pl.DataFrame(found, schema=schema, orient="row")


def _options_in_turn(text: str, spellings: dict[str, tuple[int, str]]) -> str | None:
    """The codes of a text that names options and nothing else, the longest spelling first; None for any other."""
    rest = folded(LISTED.sub(" ; ", text)).lstrip("-•* ")
    named = set()
    while rest:
        spelling = next((one for one in sorted(spellings, key=len, reverse=True) if rest.startswith(one)), None)
        joint = JOINT.match(rest, len(spelling)) if spelling else None
        if spelling is None or joint is None:
            return None
        named.add(spellings[spelling])
        rest = rest[joint.end() :]
    return "|".join(code for _, code in sorted(named)) or None


def ticked_options(frame: pl.DataFrame, registry: Registry, campaign: int) -> pl.DataFrame:
    """One column per option: ticked, not ticked, empty. All empty is no answer (those cells are not here)."""
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
