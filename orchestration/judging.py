"""A candidate judged with what people have declared by then: signatures, and notes on what changed.

Both come after the build and change nothing in it: they are written beside the candidate's tables each time it is
judged, and are no part of its hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from core.home import Home
from expectations.revisions import noted, schema, write_revisions
from expectations.sign_off import states_table, write_states
from ingest.receive.archive import NOTES
from ingest.receive.declarations import declare, declared
from orchestration.inputs import changed_kinds, forget_inputs, keep_inputs, kept_inputs, verdict_inputs
from orchestration.sign_off import SignOff
from orchestration.verdicts import has_verdict, keep_verdict, read_verdict
from publication.release.differences import last_vintage
from publication.release.revisions import figures_of, revised_figures

if TYPE_CHECKING:
    from expectations.signatories import SignedTerritory
    from expectations.verdict import Verdict

# What a verdict follows from. Most often a waiver is written, or expires, or somebody signs; but whatever it is that is
# no longer what was judged, the candidate's own files first, a verdict of before says nothing of it.
KINDS_FR = {
    "candidate": "les fichiers du candidat, modifiés après sa construction",
    "code": "la version du logiciel",
    "libraries": "les bibliothèques du logiciel",
    "questionnaires": "les questionnaires",
    "declared": "des signatures ou des notes",
    "settings": "les réglages du contrôle",
    "day": "la date, dont dépendent les dérogations",
}


@dataclass(frozen=True)
class Declared:
    """What was declared about a campaign of a candidate, as the gate reads it: a table per kind."""

    sign_off: pl.DataFrame
    revisions: pl.DataFrame


def declared_on(home: Home, questionnaires: Path, folder: Path, campaign: int) -> Declared:
    """What the declarations are worth now on a candidate."""
    signing = SignOff(home, questionnaires, folder, campaign)
    return Declared(states_table(signing.states()), revisions_of(signing))


def judged(home: Home, questionnaires: Path, folder: Path, campaign: int, *, anew: bool = False) -> Verdict:
    """The verdict on a campaign of a candidate with what is declared now, kept with the candidate.

    Where nothing that the last one followed from has changed, it is that one; `anew` judges all the same.
    """
    said = declared_on(home, questionnaires, folder, campaign)
    inputs = verdict_inputs(questionnaires, folder, said)
    if not anew and kept_inputs(folder, str(campaign)) == inputs and has_verdict(folder, campaign):
        return read_verdict(folder, campaign)

    from expectations.gate import judge

    forget_inputs(folder, str(campaign))
    write_states(folder, campaign, said.sign_off)
    write_revisions(folder, campaign, said.revisions)
    verdict = judge(folder, campaign)
    keep_verdict(folder, verdict)
    keep_inputs(folder, str(campaign), inputs)
    return verdict


def changed_since(home: Home, questionnaires: Path, folder: Path, campaign: int) -> list[str]:
    """What is no longer what it was for the last verdict (`KINDS_FR`)."""
    now = verdict_inputs(questionnaires, folder, declared_on(home, questionnaires, folder, campaign))
    return changed_kinds(kept_inputs(folder, str(campaign)), now)


def revisions_of(signing: SignOff) -> pl.DataFrame:
    """The figures of a candidate that differ from the vintage published last, each with its note; none before one."""
    published = signing.home.releases / str(signing.campaign)
    last = last_vintage(published)
    if last is None:
        return pl.DataFrame(schema=schema())
    before = figures_of(published / last["vintage"] / "figures.csv", signing.campaign)
    revised = revised_figures(before, figures_of(signing.candidate / "figures.csv", signing.campaign))
    columns = ["level", "territory", "territory_id", "address", "figures_hash"]
    named = [(place.level, place.code, place.territory_id, place.address, place.figures_hash)
             for place in signing.territories]  # fmt: skip
    places = pl.DataFrame(named, schema=columns, orient="row")
    located = revised.join(places, on=["level", "territory"], how="inner", maintain_order="left")
    located = located.with_columns(territory=pl.col("address"))
    return noted(located, declared(signing.home, NOTES, signing.campaign), last["vintage"])


def add_notes(
    signing: SignOff, who: str, places: Iterable[SignedTerritory], content: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Archive a note on the figures of each of `places` as they are. `content`: indicators, vintage, cause, author."""
    return [
        declare(
            signing.home,
            NOTES,
            signing.campaign,
            who,
            {
                **content,
                "territory_id": place.territory_id,
                "territory": place.address,
                "figures_hash": place.figures_hash,
            },
        )
        for place in places
    ]
