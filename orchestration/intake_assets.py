"""Assets of the intake: the frames, what each sender returned, the answers of a campaign,
the weights against non-response."""

import dagster as dg

from ingest.action_sheets import export_action_sheets
from ingest.receive.integrity import check_archive
from ingest.returns.returns import refresh_returns
from ingest.store.intake import build_intake
from ingest.survey_frame.frames import export_frames
from methods.nonresponse.adjustments import build_adjustments, told
from orchestration.campaigns import active_campaigns
from orchestration.house import House
from orchestration.partitions import ONE_RUN, Partitions, campaigns_of
from orchestration.retries import transient_io_retried

GROUP = "intake"
WRITER = "writer"


def intake_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """`frame`, `answers` and `adjustments` by campaign, `returns` by campaign and sender."""

    @dg.asset(partitions_def=partitions.campaign, backfill_policy=ONE_RUN, group_name=GROUP, pool=WRITER)
    def frame(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> None:
        """Agreed structures of each campaign, the events of their life and the actions that they tell, as Parquet."""
        house.lock.acquire(context.log.info)
        with transient_io_retried(), house.stages.stage("frame", "Structures agréées"):
            check_archive(house.home)
            export_frames(house.home, house.registry)
            export_action_sheets(house.home, house.registry)

    @dg.asset(partitions_def=partitions.returned, backfill_policy=ONE_RUN, group_name=GROUP, pool=WRITER)
    def returns(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult:
        """Files of a sender, read and parsed, each cell with its status and address."""
        house.lock.acquire(context.log.info)
        senders: dict[int, list[str]] = {}
        for key in context.partition_keys:
            dimensions = partitions.returned.get_partition_key_from_str(key).keys_by_dimension
            senders.setdefault(int(dimensions["campaign"]), []).append(dimensions["sender"])
        with transient_io_retried(), house.stages.stage("returns", "Lecture des retours") as stage:
            summaries = [
                summary
                for campaign in sorted(senders)
                for summary in refresh_returns(
                    house.home, house.registry, campaign, sorted(senders[campaign]), progress=stage.count
                )
            ]
        return dg.MaterializeResult(metadata={"senders": dg.JsonMetadataValue(summaries)})

    @dg.asset(
        partitions_def=partitions.campaign,
        backfill_policy=ONE_RUN,
        group_name=GROUP,
        pool=WRITER,
        deps=[frame, returns],
    )
    def answers(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult:
        """Accepted answers, rejects and edits of a campaign; files that were not read yet are read first."""
        house.lock.acquire(context.log.info)
        summaries = {}
        with transient_io_retried(), house.stages.stage("answers", "Lecture et contrôle des réponses") as stage:
            for campaign in active_campaigns(house.home, campaigns_of(context)):
                stage.tell(f"campagne {campaign}")
                summaries[campaign] = build_intake(
                    house.home, house.registry, campaign, force=house.fresh, progress=stage.count
                )
            stage.tell(", ".join(str(campaign) for campaign in summaries))
        return dg.MaterializeResult(metadata={"campaigns": dg.JsonMetadataValue(_by_text(summaries))})

    @dg.asset(
        partitions_def=partitions.campaign,
        backfill_policy=ONE_RUN,
        group_name=GROUP,
        pool=WRITER,
        deps=[frame, answers],
    )
    def adjustments(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult:
        """Weights against non-response and imputed values, of all campaigns, where the registry asks for any."""
        house.lock.acquire(context.log.info)
        with transient_io_retried(), house.stages.stage("adjustments", "Non-réponse") as stage:
            tables = build_adjustments(house.home, house.registry)
            stage.tell(told(tables))
        return dg.MaterializeResult(metadata={name: table.height for name, table in tables.items()})

    return [frame, returns, answers, adjustments]


def _by_text(summaries: dict[int, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {str(campaign): summary for campaign, summary in summaries.items()}
