"""Proofs: the plaquettes of a candidate as they would be published, outside of any release."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from publication.candidate import Territory, candidate_manifest
from publication.disclosure.released import SHEETS, Disclosure, NotControlledError
from publication.gate import NotPublishableError, passed_gate
from publication.plans import read_house
from publication.plaquettes.production import Made, Order, Progress, Workshop, produce
from publication.signatures import lines_by_territory

DRAFT = "épreuve"
STATE = "state.json"


def make_drafts(
    candidate: Path,
    verdict: Mapping[str, Any],
    campaign: int,
    folder: Path,
    formats: Sequence[str],
    *,
    only: Callable[[Territory, str], bool],
    editorial: Path | None = None,
    progress: Progress | None = None,
) -> list[Made]:
    """Prints into `folder` the plaquettes that changed since last time: ``state.json`` there remembers their hashes.

    The date printed is the candidate's, so that nothing changes from one day to the next. Raises NotPublishableError
    when the gate is closed or disclosure was not looked at, and what `production.produce` raises.
    """
    source = candidate.resolve(strict=True)
    manifest = candidate_manifest(source)
    try:
        disclosure = Disclosure(source, campaign)
    except NotControlledError as error:
        raise NotPublishableError(str(error)) from error
    order = Order(
        candidate=source,
        campaign=campaign,
        formats=tuple(formats),
        folder=folder,
        gate=passed_gate(verdict, campaign, manifest["build_id"]),
        vintage=DRAFT,
        published_on=dt.datetime.fromisoformat(manifest["built_at"]).date(),
        signatures=lines_by_territory(verdict.get("signatures", ()), read_house().signatures),
        editorial=editorial,
        hidden=disclosure.hidden_ids if disclosure.covers(SHEETS) else frozenset(),
    )
    state = folder / STATE
    known: dict[str, str] = json.loads(state.read_text(encoding="utf-8")) if state.is_file() else {}
    made = produce(Workshop(order), only=only, known=known, progress=progress)
    known.update({one.slug: one.digest for one in made if one.state != "refused"})
    folder.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return made
