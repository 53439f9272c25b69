"""Where a campaign stands: response by sender and territory, refused files, open edits."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.home import Home
from ingest.anomalies.table import TOLD
from ingest.corrections.corrections import NATIONAL
from ingest.corrections.settle import APPLIED, REQUESTED
from ingest.receive.archive import Archive
from ingest.receive.locks import Closings, waiting_entries
from ingest.receive.withdrawals import withdrawn_of
from ingest.store.intake import build_intake
from ingest.survey_frame.frames import frame_of
from ingest.values.acceptance import ACCEPTED, ARBITRATED, OTHER_SENDER
from registry.model import Registry


def campaign_status(home: Home, registry: Registry, campaign: int | None = None) -> dict[str, Any]:
    """One entry per campaign with returns or a frame (or the one asked for), oldest first.

    Each: campaign, structures, solicited, responded, incomplete, senders (sender, files, refused, accepted, rejected,
    to_confirm), departements (code, agreed, solicited, responded), refused_files, open_edits (rule, message, count),
    closed (sender, who, day, reason: returns closed for the vintage under preparation), waiting (sender, file,
    received_at: what came since, for the next vintage), receipts (entry_id, sender, file, received_at, verdict of each
    file that counts), withdrawn (entry_id, sender, file, received_at, day, author, reason: taken back since),
    to_arbitrate (structure_id, sender, other, asked, reason, comment: responses that two senders gave, which of them
    counts and which asks to, with its reason),
    corrections (of the national team, that don't apply: file, cell, structure_id, variable, state, detail),
    guards (columns that look wrong as a whole, those acknowledged left out; justification: the sender's).
    """
    archive = Archive(home)
    wanted = [campaign] if campaign else registry.campaigns
    found = []
    for year in registry.campaigns:
        if not archive.received(year) and not frame_of(home, registry, year).height:
            continue
        build_intake(home, registry, year)
        if year in wanted:
            found.append(_status(home, registry, year))
    return {"campaigns": found}


def _status(home: Home, registry: Registry, campaign: int) -> dict[str, Any]:
    folder = home.intake / str(campaign)
    receipts = pl.read_parquet(folder / "receipts.parquet")
    responses = pl.read_parquet(folder / "responses.parquet")
    edits = pl.read_parquet(folder / "edits.parquet").filter("open")
    frame = frame_of(home, registry, campaign)
    accepted = responses.filter(pl.col("state") == "accepted").select("structure_id", responded=pl.lit(1))
    members = frame.join(accepted, on="structure_id", how="left").with_columns(pl.col("responded").fill_null(0))
    incomplete = responses.filter(pl.col("state") == "incomplete").join(accepted, on="structure_id", how="anti")
    counts = ("agreed", "solicited", "responded")
    return {
        "campaign": campaign,
        "structures": frame.height,
        "solicited": int(frame["solicited"].sum()),
        "responded": accepted.height,
        "incomplete": incomplete["structure_id"].n_unique(),
        "senders": _senders(receipts, responses, edits),
        "departements": members.group_by("departement")
        .agg(pl.col(name).sum() for name in counts)
        .sort("departement")
        .to_dicts(),
        "refused_files": receipts.filter(pl.col("verdict") == "rejected")
        .select("sender", "file", "rule", "message_fr")
        .to_dicts(),
        "open_edits": edits.group_by("rule", "message_fr").len("count").sort("rule").to_dicts(),
        "closed": [
            {"sender": closing.sender, "who": closing.who, "day": closing.day, "reason": closing.reason}
            for closing in Closings(home, campaign).in_force()
        ],
        "waiting": [
            {"sender": entry.sender, "file": entry.file, "received_at": entry.received_at}
            for entry in waiting_entries(home, campaign)
        ],
        "receipts": receipts.select(
            "entry_id", "sender", "file", pl.col("received_at").dt.to_string("%Y-%m-%dT%H:%M:%S"), "verdict"
        ).to_dicts(),
        "withdrawn": [withdrawal.as_dict() for withdrawal in withdrawn_of(home, campaign)],
        "to_arbitrate": _to_arbitrate(responses, pl.read_parquet(folder / "decisions.parquet")),
        "corrections": pl.read_parquet(folder / "decisions.parquet")
        .filter(pl.col("sender") == NATIONAL, pl.col("state") != APPLIED)
        .select("file", "cell", "structure_id", "variable", "state", "detail")
        .to_dicts(),
        "guards": pl.read_parquet(folder / "guards.parquet")
        .filter(~pl.col("acknowledged"))
        .select("sender", "file", "sheet", *TOLD, "justified", "about")
        .to_dicts(),
    }


def _to_arbitrate(responses: pl.DataFrame, decisions: pl.DataFrame) -> list[dict[str, Any]]:
    """The responses set aside for another sender's, that nobody settled; `asked`: their sender wants them to count."""
    aside = responses.filter(pl.col("rule") == OTHER_SENDER, ~pl.col("detail").str.starts_with(ARBITRATED))
    counted = responses.filter(pl.col("state") == ACCEPTED).select("structure_id", "sender")
    asked = decisions.filter(pl.col("state") == REQUESTED).select(
        "structure_id", "reason", "comment", other=pl.col("sender"), asked=pl.lit(True)
    )
    return (
        aside.select("structure_id", other="sender")
        .unique()
        .join(counted, on="structure_id")
        .join(asked.unique(["structure_id", "other"], keep="last"), on=["structure_id", "other"], how="left")
        .select(
            "structure_id",
            "sender",
            "other",
            pl.col("asked").fill_null(False),
            pl.col("reason", "comment").fill_null(""),
        )
        .sort("structure_id", "other")
        .to_dicts()
    )


def _senders(receipts: Any, responses: Any, edits: Any) -> list[dict[str, Any]]:
    files = receipts.group_by("sender").agg(
        files=pl.len(), refused=(pl.col("verdict") == "rejected").sum(), last=pl.col("received_at").max()
    )
    rows = responses.group_by("sender").agg(
        accepted=(pl.col("state") == "accepted").sum(), rejected=(pl.col("state") == "rejected").sum()
    )
    confirm = edits.group_by("sender").len("to_confirm")
    joined = files.join(rows, on="sender", how="left").join(confirm, on="sender", how="left").sort("sender")
    return joined.with_columns(
        pl.col("accepted", "rejected", "to_confirm").fill_null(0), pl.col("last").dt.to_string("%Y-%m-%dT%H:%M:%S")
    ).to_dicts()
