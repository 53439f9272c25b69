"""Is a campaign ready to open? Looked at once a year, before the first questionnaire leaves."""

import dagster as dg

from orchestration.campaigns import framed_campaigns
from orchestration.house import House
from orchestration.partitions import Partitions


def opening_check(partitions: Partitions, frame: dg.AssetsDefinition) -> dg.AssetChecksDefinition:
    """A check on a campaign's frame: the questionnaire has questions, and the agreed structures are registered."""

    @dg.asset_check(asset=frame, partitions_def=partitions.campaign)
    def campaign_is_ready(
        context: dg.AssetCheckExecutionContext, house: dg.ResourceParam[House]
    ) -> dg.AssetCheckResult:
        campaign = int(context.partition_key)
        missing = missing_to_open(house, campaign)
        return dg.AssetCheckResult(
            passed=not missing, severity=dg.AssetCheckSeverity.WARN, description=" ".join(missing) or "prête"
        )

    return campaign_is_ready


def missing_to_open(house: House, campaign: int) -> list[str]:
    """What a campaign lacks before it can open, in French, with what to do."""
    missing = []
    if not house.registry.questions_of(campaign):
        missing.append(f"Aucune question : écrire questionnaires/crosswalk/{campaign}.csv.")
    if not framed_campaigns(house.home, [campaign]):
        missing.append(f"Aucune liste des structures agréées : « senacs frame FICHIER --campaign {campaign} ».")
    return missing
