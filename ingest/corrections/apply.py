"""Decisions applied to the answers of a campaign: corrected texts read again, edits closed, values set aside."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import polars as pl

from ingest.corrections.corrections import NATIONAL, Written, national_decisions, not_raised, objection
from ingest.corrections.decision import CONFIRM, CORRECT, ON_A_ROW, REJECT, Decision, is_on_a_column
from ingest.corrections.settle import APPLIED, DEAD, REFUSED, WAITING, Settled, Standing, settle
from ingest.values.acceptance import ACCEPTED, ARBITRATED, OTHER_SENDER
from ingest.values.parsing import answers_of
from registry.model import Registry

SET_ASIDE = "N01"
NAMES = tuple(field.name for field in dataclasses.fields(Decision))


def decided(
    registry: Registry,
    campaign: int,
    sent: list[Decision],
    national: Sequence[Written],
    rows: pl.DataFrame,
    answers: pl.DataFrame,
) -> Settled:
    """The senders' decisions settled, then the national team's, on the standing responses. What a row is was decided
    before (`ingest.corrections.identification`).

    `sent`: in the order of reception. `rows`, `answers`: as in `ingest.store.intake`.
    """
    on_columns = [decision for decision in sent if is_on_a_column(decision)]
    on_answers = [one for one in sent if one.rule not in ON_A_ROW and not is_on_a_column(one)]
    theirs, refused = national_decisions(registry, campaign, national)
    standing = _standing(rows, answers, {decision.structure_id for decision in (*on_answers, *theirs)})
    settled = settle(registry, campaign, on_answers, standing)
    settled.outcomes += [*(_on_a_column(decision) for decision in on_columns), *refused]
    if theirs:
        corrected = _as_corrected(standing, settled)
        for decision in theirs:
            why = objection(decision, corrected)
            settled.outcomes.append((decision, DEAD if why else APPLIED, why))
            if why:
                continue
            if decision.action == CONFIRM:
                settled.confirmed[decision.structure_id, decision.rule, decision.variable] = decision
            else:
                settled.corrections[decision.structure_id, decision.variable] = decision
    return settled


def _on_a_column(decision: Decision) -> tuple[Decision, str, str]:
    if decision.action == CONFIRM:
        return decision, WAITING, ""
    why = "cette ligne porte sur une colonne entière : renvoyez le fichier corrigé, ou confirmez-la avec un motif"
    return decision, REFUSED, why


def _as_corrected(standing: dict[str, Standing], settled: Settled) -> dict[str, Standing]:
    """The standing responses, with the texts that their senders corrected."""
    found = dict(standing)
    for (structure, variable), decision in settled.corrections.items():
        response = found[structure]
        found[structure] = dataclasses.replace(response, raws={**response.raws, variable: decision.value})
    return found


def with_corrections(
    registry: Registry, campaign: int, settled: Settled, rows: pl.DataFrame, answers: pl.DataFrame
) -> pl.DataFrame:
    """`answers` with the corrected texts read in the place of those received.

    Adds `received` (the text of the file, where it was corrected) and `decision` (who decided, when, where).
    """
    answers = answers.with_columns(
        received=pl.lit(None, pl.String), decision=pl.lit(None, pl.String), set_aside=pl.lit(False)
    )
    if not settled.corrections:
        return answers
    table = _corrections_table(settled)
    standing = rows.filter(pl.col("state") == ACCEPTED).select("row_id", "structure_id", "structure_type")
    questions = pl.DataFrame(
        [(q.structure_type, q.variable, q.question_code) for q in registry.questions_of(campaign)],
        schema=["structure_type", "variable", "question_code"],
        orient="row",
    )
    places = answers.select("row_id", "variable", "sheet", "line", "column", "last_column", received="raw")
    cells = (
        table.join(standing, on="structure_id")
        .join(questions, on=["structure_type", "variable"])
        .join(places, on=["row_id", "variable"], how="left", suffix="_received")
        .with_columns(option=pl.lit(""))
    )
    read = answers_of(
        cells.filter(pl.col("action") == CORRECT).select(
            "row_id", "structure_type", "question_code", "option", "sheet",
            pl.col("line").fill_null(-1), pl.col("column").fill_null(-1), "text",
        ),
        registry, campaign,
    ).drop("line", "column", "last_column", "sheet")  # fmt: skip
    kept = cells.select(
        "row_id", "variable", "sheet", "line", "column", "last_column", "decision", pl.col("received").fill_null("")
    )
    corrected = read.join(kept, on=["row_id", "variable"]).with_columns(set_aside=pl.lit(False))
    dropped = cells.filter(pl.col("action") == REJECT).select("row_id", "variable", "decision")
    untouched = answers.join(cells.select("row_id", "variable"), on=["row_id", "variable"], how="anti")
    aside = answers.drop("decision").join(dropped, on=["row_id", "variable"]).with_columns(set_aside=pl.lit(True))
    columns = answers.columns
    parts = [untouched, corrected.select(columns).cast(answers.schema), aside.select(columns)]
    return pl.concat(parts).sort("row_id", "question_code")


def confirmed_edits(settled: Settled, edits: pl.DataFrame) -> pl.DataFrame:
    """`edits` with those that a standing confirmation closes: `open` false, `settled_by` and `reason`.

    A confirmation of the national team that no edit waits for is dead from then on.
    """
    raised = set(edits.filter("current").select("structure_id", "rule", "variable").iter_rows())
    idle = {id(one) for key, one in settled.confirmed.items() if key not in raised and one.sender == NATIONAL}
    settled.outcomes[:] = [not_raised(one[0]) if id(one[0]) in idle else one for one in settled.outcomes]
    schema = dict.fromkeys(("structure_id", "rule", "variable", "settled_by", "reason"), pl.String)
    table = pl.DataFrame(
        [(*key, _said(decision), decision.reason) for key, decision in settled.confirmed.items()],
        schema=schema,
        orient="row",
    )
    joined = edits.join(table, on=["structure_id", "rule", "variable"], how="left", maintain_order="left")
    return joined.with_columns(
        open=pl.col("open") & pl.col("settled_by").is_null(),
        settled_by=pl.when(pl.col("current")).then("settled_by").otherwise(pl.lit(None)).fill_null(""),
        reason=pl.col("reason").fill_null(""),
    )


def decisions_table(campaign: int, settled: Settled, read: pl.DataFrame) -> pl.DataFrame:
    """One row per decision, with its state (applied, dead, refused) and why; `read`: the lines of returned reports."""
    rows: list[tuple[Any, ...]] = [
        (*(getattr(decision, name) for name in NAMES), state, detail) for decision, state, detail in settled.outcomes
    ]
    schema = dict.fromkeys([*NAMES, "state", "detail"], pl.String)
    table = pl.DataFrame(rows, schema=schema, orient="row")
    incomplete = read.filter(pl.col("fault") != "").select(*NAMES, state=pl.lit(REFUSED), detail=pl.col("fault"))
    return pl.concat([table, incomplete]).select(pl.lit(campaign, pl.Int32).alias("campaign"), pl.all())


def sent_decisions(decisions: pl.DataFrame) -> list[Decision]:
    """The complete decisions of returned reports, in the order of reception."""
    complete = decisions.filter(pl.col("fault") == "").sort("decided_at", maintain_order=True)
    return [Decision(**row) for row in complete.select(list(NAMES)).iter_rows(named=True)]


def _standing(rows: pl.DataFrame, answers: pl.DataFrame, structures: set[str]) -> dict[str, Standing]:
    """The standing responses of `structures`."""
    accepted = rows.filter(pl.col("state") == ACCEPTED, pl.col("structure_id").is_in(list(structures)))
    counted = accepted.select("row_id", "structure_id", "sender", "entry_id")
    raws: dict[int, dict[str, str]] = {}
    theirs = answers.join(counted, on="row_id", how="semi").select("row_id", "variable", "raw")
    for row_id, variable, raw in theirs.iter_rows():
        raws.setdefault(row_id, {})[variable] = raw
    aside = rows.filter(pl.col("rule") == OTHER_SENDER, pl.col("structure_id").is_in(list(structures)))
    others: dict[str, set[str]] = {}
    for structure, sender in aside.select("structure_id", "sender").iter_rows():
        others.setdefault(structure, set()).add(sender)
    arbitrated = set(aside.filter(pl.col("detail").str.starts_with(ARBITRATED))["structure_id"])
    return {
        structure: Standing(
            sender, entry_id, raws.get(row_id, {}), frozenset(others.get(structure, ())), structure in arbitrated
        )
        for row_id, structure, sender, entry_id in counted.iter_rows()
    }


def _corrections_table(settled: Settled) -> pl.DataFrame:
    schema = dict.fromkeys(("structure_id", "variable", "action", "text", "decision"), pl.String)
    lines = [
        (structure, variable, decision.action, decision.value, _said(decision))
        for (structure, variable), decision in settled.corrections.items()
    ]
    return pl.DataFrame(lines, schema=schema, orient="row")


def _said(decision: Decision) -> str:
    place = ", ".join(part for part in (decision.file, decision.sheet, decision.cell) if part)
    return f"{decision.author or decision.sender}, {decision.decided_at[:10]} ({place})"
