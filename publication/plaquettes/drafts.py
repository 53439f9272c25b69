"""Plaquettes of a candidate outside of any release: proofs, as they would be published, and restricted editions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from methods.disclosure.released import NotControlledError
from publication.candidate import Territory, candidate_manifest
from publication.documents.plans import read_house
from publication.plaquettes.production import Made, Order, Progress, Workshop, produce
from publication.policy import Policy
from publication.release.gate import NotPublishableError, passed_gate
from publication.release.signatures import lines_by_territory

DRAFT = "épreuve"
RESTRICTED = "édition restreinte"
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
    order = _order(candidate, verdict, campaign, folder, formats, vintage=DRAFT, editorial=editorial)
    state = folder / STATE
    known: dict[str, str] = json.loads(state.read_text(encoding="utf-8")) if state.is_file() else {}
    made = produce(Workshop(order), only=only, known=known, progress=progress)
    known.update({one.slug: one.digest for one in made if one.state != "refused"})
    folder.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return made


def make_restricted(
    candidate: Path,
    verdict: Mapping[str, Any],
    campaign: int,
    folder: Path,
    formats: Sequence[str],
    *,
    territory_id: str,
    reserved_for: str,
    editorial: Path | None = None,
) -> list[Made]:
    """Prints into `folder` the plaquettes of a territory with all of its own figures, for the committee that asked:
    `reserved_for` names it on every page. Figures of other territories are told as in a release.

    Never published: `folder` is outside of releases and sites. Raises what `make_drafts` does.
    """
    order = _order(candidate, verdict, campaign, folder, formats, vintage=RESTRICTED, editorial=editorial)
    own = dataclasses.replace(order.policy, in_full=territory_id)
    order = dataclasses.replace(order, policy=own, reserved_for=reserved_for)
    return produce(Workshop(order), only=lambda territory, name: territory.territory_id == territory_id)


def _order(
    candidate: Path, verdict: Mapping[str, Any], campaign: int, folder: Path, formats: Sequence[str], **others: Any
) -> Order:
    source = candidate.resolve(strict=True)
    manifest = candidate_manifest(source)
    gate, house = passed_gate(verdict, campaign, manifest["build_id"]), read_house()
    try:
        policy = Policy(source, campaign, gate.withheld, tuple(house.cautions["of_the_frame"]))
    except NotControlledError as error:
        raise NotPublishableError(str(error)) from error
    return Order(
        policy=policy,
        formats=tuple(formats),
        folder=folder,
        gate=gate,
        published_on=dt.datetime.fromisoformat(manifest["built_at"]).date(),
        signatures=lines_by_territory(verdict.get("signatures", ()), house.signatures),
        **others,
    )
