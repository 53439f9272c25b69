"""What is not in a column: values missing, all of them, unreadable ones; and a column that says the same everywhere."""

from __future__ import annotations

import polars as pl

from ingest.anomalies.earlier import Before
from ingest.anomalies.findings import BLOCK, OTHERS, PREVIOUS, REQUIRED, WARN, finding
from ingest.anomalies.standing import Standing, structure_types, variables
from registry.guard_settings import COMMON, CONSTANT, EMPTIED, MISSING, UNREADABLE, GuardSettings
from registry.model import NUMERIC_TYPES, Question, Registry, Variable

COLUMN = ("unit", "variable")
TEXT, NEVER = "text", "never"
QUESTION = ("structure_type", "variable")


def gap_findings(
    registry: Registry, campaign: int, standing: Standing, before: Before, settings: GuardSettings
) -> pl.DataFrame:
    """`unreadable`, `emptied` and `missing`: shares of the structures of a unit, question by question, in percent."""
    shares = _with_expected(_counts(registry, campaign, standing), standing, before, settings)
    n, missing = pl.col("n"), pl.col("n") - pl.col("present")
    share, unreadable = missing / n, pl.col("unreadable") / n
    probable = pl.max_horizontal("probable", pl.lit(settings.number(MISSING, "floor_share")))
    excess = missing - n * probable
    surprising = excess >= settings.number(MISSING, "min_deviations") * (n * probable * (1 - probable)).sqrt()
    chance = pl.max_horizontal("missing_expected", pl.lit(settings.number(MISSING, "floor_share"))) ** n
    empty = (pl.col("present") == 0) & (chance <= settings.number(EMPTIED, "max_chance"))
    often_given = pl.col("missing_expected") <= settings.number(EMPTIED, "block_expected")
    found = shares.with_columns(expected=pl.col("missing_expected") * 100)

    def told(guard: str, condition: pl.Expr, block: pl.Expr, observed: pl.Expr) -> pl.DataFrame:
        kept = found.filter(n >= settings.number(guard, "min_structures"), condition)
        severity = pl.when(block).then(pl.lit(BLOCK)).otherwise(pl.lit(WARN))
        return finding(kept.with_columns(guard=pl.lit(guard), severity=severity, observed=observed * 100))

    known = pl.col("missing_expected").is_not_null()
    many = pl.col("probable").is_not_null() & surprising & (share >= settings.number(MISSING, "warn_ratio") * probable)
    far = share >= settings.number(MISSING, "block_ratio") * probable
    return pl.concat(
        [
            told(UNREADABLE, unreadable >= settings.number(UNREADABLE, "block_share"), pl.lit(True), unreadable),
            told(EMPTIED, known & empty, often_given, share),
            told(MISSING, many & ~empty, far, share),
        ]
    )


def constant_findings(standing: Standing, before: Before, settings: GuardSettings) -> pl.DataFrame:
    """`constant`: a number that all the structures of a unit share, and that few give elsewhere or gave before."""
    numbers = standing.answers.filter(pl.col("type").is_in(list(NUMERIC_TYPES)), pl.col("value").is_not_null())
    same = (
        numbers.group_by(*COLUMN, "sender", "structure_type")
        .agg(n=pl.len(), values=pl.col("value").n_unique(), observed=pl.col("value").first())
        .filter(pl.col("values") == 1, pl.col("n") >= settings.number(CONSTANT, "min_structures"))
    )
    equal = pl.col("value") == pl.col("observed")
    elsewhere = (
        same.join(numbers.select("sender", *QUESTION, "value"), on=QUESTION, suffix="_other")
        .filter(pl.col("sender") != pl.col("sender_other"))
        .group_by(COLUMN)
        .agg(share=equal.mean(), references=pl.len(), expected=pl.col("value").median())
        .filter(pl.col("references") >= settings.number(COMMON, "min_others"))
        .with_columns(basis=pl.lit(OTHERS))
    )
    earlier = (
        same.join(standing.members.select("unit", "structure_id"), on="unit")
        .join(before.answers.select("structure_id", "variable", value="before"), on=["structure_id", "variable"])
        .filter(pl.col("value").is_not_null())
        .group_by(COLUMN)
        .agg(share=equal.mean(), references=pl.len(), expected=pl.col("value").median())
        .filter(pl.col("references") >= settings.number(CONSTANT, "min_structures"))
        .with_columns(basis=pl.lit(PREVIOUS))
    )
    known = pl.concat([earlier, elsewhere]).unique(COLUMN, keep="first", maintain_order=True)
    floored = pl.max_horizontal("share", pl.lit(settings.number(CONSTANT, "floor_share")))
    found = same.join(known, on=COLUMN).filter(floored ** pl.col("n") <= settings.number(CONSTANT, "max_chance"))
    return finding(found.with_columns(guard=pl.lit(CONSTANT), severity=pl.lit(WARN)))


def _counts(registry: Registry, campaign: int, standing: Standing) -> pl.DataFrame:
    """unit, sender, structure_type, variable, required, n (structures asked), present, unreadable."""
    asked = pl.DataFrame(
        [
            (question.structure_type, question.variable, question.required)
            for question in registry.questions_of(campaign)
            if _says_something_when_blank(registry.variables[question.variable], question)
        ],
        schema={"structure_type": structure_types(registry), "variable": variables(registry), "required": pl.Boolean},
        orient="row",
    )
    given = standing.answers.group_by(COLUMN).agg(pl.col("present").sum(), pl.col("unreadable").sum())
    return (
        standing.units.select("unit", "sender", "structure_type", n="structures")
        .join(asked, on="structure_type")
        .join(given, on=COLUMN, how="left")
        .with_columns(pl.col("n", "present", "unreadable").fill_null(0).cast(pl.Int64))
    )


def _says_something_when_blank(variable: Variable, question: Question) -> bool:
    """Contacts are no figures, and a remark that nobody has to make and that is never released may stay blank."""
    optional_remark = variable.type == TEXT and not question.required and variable.release == NEVER
    return not variable.pii and not optional_remark


def _with_expected(counts: pl.DataFrame, standing: Standing, before: Before, settings: GuardSettings) -> pl.DataFrame:
    """`counts` with missing_expected, basis (the earlier campaign, else the other senders, else none expected where the
    question is required) and probable: the larger of the shares that are known."""
    previous, others = _missing_before(standing, before, settings), _missing_elsewhere(counts, settings)
    joined = counts.join(previous, on=COLUMN, how="left").join(others, on=COLUMN, how="left")
    required = pl.when("required").then(0.0)
    return joined.with_columns(
        missing_expected=pl.coalesce("missing_before", "missing_elsewhere", required),
        probable=pl.max_horizontal("missing_before", "missing_elsewhere"),
        basis=pl.when(pl.col("missing_before").is_not_null())
        .then(pl.lit(PREVIOUS))
        .when(pl.col("missing_elsewhere").is_not_null())
        .then(pl.lit(OTHERS))
        .otherwise(pl.lit(REQUIRED)),
    )


def _missing_before(standing: Standing, before: Before, settings: GuardSettings) -> pl.DataFrame:
    """unit, variable, missing_before: the share of the same structures that had not answered."""
    members = standing.members.select("unit", "structure_id")
    asked = (
        members.join(before.forms, on="structure_id")
        .group_by("unit", "form")
        .agg(asked=pl.len())
        .join(before.asked, on="form")
        .group_by(COLUMN)
        .agg(pl.col("asked").sum())
    )
    present = before.answers.filter("present_before").select("structure_id", "variable")
    given = members.join(present, on="structure_id").group_by(COLUMN).agg(given=pl.len())
    enough = settings.number(COMMON, "min_paired_share") * pl.col("structures")
    return (
        asked.join(given, on=COLUMN, how="left")
        .join(standing.units.select("unit", "structures"), on="unit")
        .filter(pl.col("asked") >= enough, pl.col("asked") >= settings.number(MISSING, "min_structures"))
        .select(*COLUMN, missing_before=1 - pl.col("given").fill_null(0) / pl.col("asked"))
    )


def _missing_elsewhere(counts: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """The same, of the structures of the other senders."""

    def others(name: str) -> pl.Expr:
        return pl.col(name).sum().over(QUESTION) - pl.col(name).sum().over(*QUESTION, "sender")

    return (
        counts.with_columns(others=others("n"), others_present=others("present"))
        .filter(pl.col("others") >= settings.number(COMMON, "min_others"))
        .select(*COLUMN, missing_elsewhere=1 - pl.col("others_present") / pl.col("others"))
    )
