"""How often each answer of a question with options is given, against how often it is expected."""

from __future__ import annotations

import polars as pl

from ingest.anomalies.earlier import Before
from ingest.anomalies.findings import OTHERS, PREVIOUS, WARN, finding
from ingest.anomalies.standing import BOOLEAN, Standing
from registry.guard_settings import COMMON, SHARES, GuardSettings
from registry.model import CHOICE_TYPES

COLUMN, QUESTION = ("unit", "variable"), ("structure_type", "variable")
YES = "oui"


def share_findings(standing: Standing, before: Before, settings: GuardSettings) -> pl.DataFrame:
    """`shares`: of the options of a question (yes, for yes or no), the one whose share is the furthest from expected.

    Shares in percent of the structures of the unit that answered. The earlier campaign decides where it can be had; but
    what has changed for the other senders too is no fault of a column.
    """
    answered = standing.answers.filter(pl.col("type").is_in([BOOLEAN, *CHOICE_TYPES])).with_columns(
        options=_options("value", "code")
    )
    both = (
        answered.join(before.answers, on=["structure_id", "variable"])
        .with_columns(options_before=_options("before", "code_before"))
        .filter(pl.col("options").is_not_null(), pl.col("options_before").is_not_null())
    )
    answered = answered.filter(pl.col("options").is_not_null())
    elsewhere = _against_others(answered, settings)
    earlier = _against_before(both, answered, settings)
    judged = pl.concat([_unlike_others(earlier, elsewhere), elsewhere.join(earlier, on=COLUMN, how="anti")])
    probable = pl.col("expected").clip(0.05, 0.95)
    deviation = (probable * (1 - probable) / pl.col("n")).sqrt()
    difference = (pl.col("observed") - pl.col("expected")).abs()
    needed = pl.when(pl.col("basis") == PREVIOUS).then(settings.number(SHARES, "previous_difference"))
    found = (
        judged.with_columns(difference=difference)
        .sort("difference", "option", descending=[True, False])
        .unique(COLUMN, keep="first", maintain_order=True)
        .filter(
            pl.col("n") >= settings.number(SHARES, "min_structures"),
            pl.col("difference") >= needed.otherwise(settings.number(SHARES, "others_difference")),
            pl.col("difference") >= settings.number(SHARES, "min_deviations") * deviation,
        )
    )
    return finding(
        found.with_columns(
            pl.col("observed", "expected") * 100, guard=pl.lit(SHARES), severity=pl.lit(WARN), other="option"
        )
    )


def _unlike_others(earlier: pl.DataFrame, elsewhere: pl.DataFrame) -> pl.DataFrame:
    """Without the options that moved to where the other senders have them."""
    nearer = (pl.col("observed_elsewhere") - pl.col("expected_elsewhere")).abs() < (
        pl.col("observed") - pl.col("expected")
    ).abs() / 2
    others = elsewhere.select(*COLUMN, "option", observed_elsewhere="observed", expected_elsewhere="expected")
    joined = earlier.join(others, on=[*COLUMN, "option"], how="left").filter(~nearer.fill_null(False))
    return joined.select(earlier.columns)


def _options(number: str, code: str) -> pl.Expr:
    """The options of an answer, as a list; null when there is no answer."""
    yes = (
        pl.when(pl.col(number) == 1).then(pl.lit([YES])).when(pl.col(number) == 0).then(pl.lit([], pl.List(pl.String)))
    )
    return pl.when(pl.col("type") == BOOLEAN).then(yes).otherwise(pl.col(code).str.split("|"))


def _against_before(both: pl.DataFrame, answered: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """Among structures that answered both times, and options that some of them gave each time: an option that is new
    says nothing of the column."""
    n = both.group_by(COLUMN).agg(n=pl.len())
    size = answered.group_by(COLUMN).agg(size=pl.len())
    now = both.explode("options").group_by(*COLUMN, option="options").agg(given=pl.len())
    then = both.explode("options_before").group_by(*COLUMN, option="options_before").agg(given=pl.len())
    lasting = now.select("variable", "option").unique().join(then.select("variable", "option").unique(),
                                                            on=["variable", "option"])  # fmt: skip
    return (
        now.join(then, on=[*COLUMN, "option"], how="full", coalesce=True, suffix="_before")
        .join(lasting, on=["variable", "option"])
        .join(n, on=COLUMN)
        .join(size, on=COLUMN)
        .filter(pl.col("n") >= settings.number(COMMON, "min_paired_share") * pl.col("size"))
        .select(
            *COLUMN, "option", "n",
            observed=pl.col("given").fill_null(0) / pl.col("n"),
            expected=pl.col("given_before").fill_null(0) / pl.col("n"),
            basis=pl.lit(PREVIOUS),
        )
    )  # fmt: skip


def _against_others(answered: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    n = answered.group_by(*COLUMN, "sender", "structure_type").agg(n=pl.len())
    n = n.with_columns(others=_elsewhere("n", QUESTION))
    given = answered.explode("options").group_by(*COLUMN, "sender", "structure_type", option="options").agg(
        given=pl.len()
    )  # fmt: skip
    options = given.select(*QUESTION, "option").drop_nulls().unique()
    return (
        n.filter(pl.col("others") >= settings.number(COMMON, "min_others"))
        .join(options, on=QUESTION)
        .join(given.select(*COLUMN, "option", "given"), on=[*COLUMN, "option"], how="left")
        .with_columns(pl.col("given").fill_null(0))
        .with_columns(given_elsewhere=_elsewhere("given", (*QUESTION, "option")))
        .select(
            *COLUMN, "option", "n",
            observed=pl.col("given") / pl.col("n"),
            expected=pl.col("given_elsewhere") / pl.col("others"),
            basis=pl.lit(OTHERS),
        )
    )  # fmt: skip


def _elsewhere(name: str, of: tuple[str, ...]) -> pl.Expr:
    """A count over the other senders."""
    return pl.col(name).sum().over(of) - pl.col(name).sum().over(*of, "sender")
