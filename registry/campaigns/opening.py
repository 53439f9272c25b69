"""A new campaign, made from another one as lines of data; and the day when it is no longer a draft."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from registry import Registry, load_registry
from registry.campaigns.csv_lines import CsvLine, CsvLines, read_csv_lines
from registry.expressions import ExpressionError, columns_of
from registry.model import DRAFT, OPENED, Campaign
from registry.readers import semicolon_list

CAMPAIGNS = "campaigns.csv"
EXTENDED = ("parameters.csv", "derived.csv", "indicators.csv")
"""Files whose lines list campaigns: what holds for the source holds for the new campaign, until someone says not."""
YEARS = range(1900, 2100)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class CampaignError(Exception):
    """What was asked of a campaign can't be done; the text says why, in French."""


@dataclass(frozen=True)
class ForReview:
    """A line that a person should read again for the new campaign."""

    file: str
    line: int
    text: str
    reason_fr: str


@dataclass(frozen=True)
class Opening:
    """A campaign as it was made. `changed`: lines written by file; `review`: lines to read again."""

    campaign: Campaign
    source: int
    changed: dict[str, int]
    review: tuple[ForReview, ...]


def crosswalk_of(campaign: int) -> str:
    """The file that says what a campaign asks."""
    return f"crosswalk/{campaign}.csv"


def new_campaign(folder: Path, campaign: int, source: int) -> Opening:
    """Make `campaign` from `source` in `folder`, as a draft.

    Its crosswalk is the source's; its dates and data year are shifted; the parameters, formulas and indicators that
    list the source list it too. Raises `CampaignError` (it exists already, or the source is unknown), `RegistryError`.
    """
    registry = load_registry(folder)
    origin = _origin(registry, source)
    _refuse_existing(folder, registry, campaign)
    made = _shifted(origin, campaign)
    files = {file: _csv_lines(folder, file) for file in (crosswalk_of(source), *EXTENDED, CAMPAIGNS)}
    crosswalk = files.pop(crosswalk_of(source))
    for line in _filled(crosswalk):
        crosswalk.change(line, "campaign", str(campaign))
        crosswalk.change(line, "data_year", str(made.data_year))
    changed = {crosswalk_of(campaign): len(_filled(crosswalk))}
    for file in EXTENDED:
        changed[file] = _extend(files[file], source, campaign)
    changed[CAMPAIGNS] = 1
    _add_campaign(files[CAMPAIGNS], made)
    crosswalk.write(folder / crosswalk_of(campaign))
    for file, lines in files.items():
        if changed[file]:
            lines.write(folder / file)
    review = (*_edits_on_campaigns(registry), *_labels_with_a_year(crosswalk, crosswalk_of(campaign)))
    return Opening(made, source, {file: count for file, count in changed.items() if count}, review)


def open_campaign(folder: Path, campaign: int) -> bool:
    """Make a draft an opened campaign: from then on a fault of its questionnaire stops everything.

    False when it was opened already. The caller has checked it. Raises `CampaignError` when it is unknown.
    """
    lines = _csv_lines(folder, CAMPAIGNS)
    line = next((line for line in _filled(lines) if lines.cell(line, "campaign").strip() == str(campaign)), None)
    if line is None:
        raise CampaignError(f"la campagne {campaign} n'est pas dans questionnaires/{CAMPAIGNS}")
    if lines.cell(line, "state").strip() != DRAFT:
        return False
    lines.change(line, "state", OPENED)
    lines.write(folder / CAMPAIGNS)
    return True


def _csv_lines(folder: Path, file: str) -> CsvLines:
    """The lines of a file of the registry, by the columns that it has for sure."""
    return read_csv_lines(folder / file, ("campaign", "campaigns", "data_year", "variable", "indicator", "parameter"))


def _origin(registry: Registry, source: int) -> Campaign:
    origin = next((line for line in registry.campaign_list if line.campaign == source), None)
    if origin is not None:
        return origin
    if source in registry.left_out:
        raise CampaignError(f"la campagne {source} est en préparation et a des fautes : senacs campaign check {source}")
    known = ", ".join(map(str, registry.campaigns))
    raise CampaignError(f"la campagne de départ {source} est inconnue de questionnaires/ (connues : {known})")


def _refuse_existing(folder: Path, registry: Registry, campaign: int) -> None:
    if campaign not in YEARS:
        raise CampaignError(f"une campagne est une année : {campaign} n'en est pas une")
    if campaign in (*registry.campaigns, *registry.left_out):
        raise CampaignError(f"la campagne {campaign} existe déjà dans questionnaires/{CAMPAIGNS} : rien n'a changé")
    if (folder / crosswalk_of(campaign)).exists():
        raise CampaignError(
            f"questionnaires/{crosswalk_of(campaign)} existe déjà sans que {CAMPAIGNS} la nomme : rien n'a changé ; "
            "supprimez ce fichier, ou ajoutez la ligne de la campagne"
        )


def _shifted(origin: Campaign, campaign: int) -> Campaign:
    years = campaign - origin.campaign
    return dataclasses.replace(
        origin,
        campaign=campaign,
        data_year=origin.data_year + years,
        opens_on=_later(origin.opens_on, years),
        closes_on=_later(origin.closes_on, years),
        state=DRAFT,
    )


def _later(day: dt.date | None, years: int) -> dt.date | None:
    """The same day `years` later; 28 February where there is no 29."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _filled(lines: CsvLines) -> list[CsvLine]:
    return [line for line in lines.lines if any(cell.strip() for cell in line.cells)]


def _extend(lines: CsvLines, source: int, campaign: int) -> int:
    """Add `campaign` to each list of campaigns that names `source`; how many. A list of all of them stays as it is."""
    count = 0
    for line in _filled(lines):
        listed = semicolon_list(lines.cell(line, "campaigns"))
        if str(source) not in listed:
            continue
        lines.change(line, "campaigns", ";".join(sorted({*listed, str(campaign)}, key=int)))
        count += 1
    return count


def _add_campaign(lines: CsvLines, made: Campaign) -> None:
    filled = _filled(lines)
    later = [line for line in filled if int(lines.cell(line, "campaign")) > made.campaign]
    cells = {
        "campaign": str(made.campaign),
        "data_year": str(made.data_year),
        "opens_on": lines.day(made.opens_on, "opens_on") if made.opens_on else "",
        "closes_on": lines.day(made.closes_on, "closes_on") if made.closes_on else "",
        "state": made.state,
    }
    lines.add(cells, lines.lines.index(later[0] if later else filled[-1]) + (0 if later else 1))


def _edits_on_campaigns(registry: Registry) -> list[ForReview]:
    found = []
    for edit in registry.edits.values():
        try:
            names_campaign = edit.check == "sql" and "campaign" in columns_of(edit.expression)
        except ExpressionError:
            names_campaign = False
        if names_campaign:
            reason = "règle écrite pour certaines campagnes : vaut-elle pour la nouvelle ?"
            found.append(ForReview("edits.csv", edit.line, f"{edit.rule} : {edit.expression}", reason))
    return found


def _labels_with_a_year(crosswalk: CsvLines, file: str) -> list[ForReview]:
    reason = "libellé qui nomme une année : à décaler ?"
    labels = ((line, crosswalk.cell(line, "question_label_fr")) for line in _filled(crosswalk))
    return [ForReview(file, line.number, label, reason) for line, label in labels if _YEAR.search(label)]
