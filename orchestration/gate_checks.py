"""The gate in Dagster: one blocking check that a publication waits for, and beside it the answer to each question."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import dagster as dg

from expectations.settings import load_settings
from expectations.verdict import CheckResult
from orchestration.builds import current_candidate
from orchestration.house import House
from orchestration.intake_assets import WRITER
from orchestration.partitions import Partitions
from orchestration.verdicts import read_verdict


def gate_check(partitions: Partitions, verdict: dg.AssetsDefinition) -> dg.AssetChecksDefinition:
    """The gate, as the check that stands between a verdict and a release in the run that publishes."""

    @dg.asset_check(asset=verdict, blocking=True, partitions_def=partitions.campaign, pool=WRITER)
    def gate(context: dg.AssetCheckExecutionContext, house: dg.ResourceParam[House]) -> dg.AssetCheckResult:
        """May this candidate be published?"""
        answer = read_verdict(current_candidate(house.home), int(context.partition_key))
        return dg.AssetCheckResult(
            passed=answer.outcome != "blocked",
            description=answer.outcome,
            metadata={
                "blocking": dg.JsonMetadataValue([asdict(check) for check in answer.blocking]),
                "reservations": dg.JsonMetadataValue([asdict(check) for check in answer.reservations]),
                "signatures": dg.JsonMetadataValue(answer.signatures),
                "signatures_missing": sum(state["missing"] for state in answer.signatures),
            },
        )

    return gate


def question_checks(partitions: Partitions, verdict: dg.AssetsDefinition) -> dg.AssetChecksDefinition:
    """Each question of the gate as a check of its own: what was observed, what was expected, who can mend it."""
    checks = load_settings().checks

    @dg.multi_asset_check(
        name="questions",
        specs=[
            dg.AssetCheckSpec(
                check.id, asset=verdict.key, description=check.question_fr, partitions_def=partitions.campaign
            )
            for check in checks
        ],
        pool=WRITER,
    )
    def questions(
        context: dg.AssetCheckExecutionContext, house: dg.ResourceParam[House]
    ) -> Iterator[dg.AssetCheckResult]:
        """The answers kept with the verdict: nothing is judged again."""
        answer = read_verdict(current_candidate(house.home), int(context.partition_key))
        for check in checks:
            results = [result for result in answer.checks if result.id == check.id]
            yield dg.AssetCheckResult(
                check_name=check.id,
                asset_key=verdict.key,
                passed=all(result.effect == "none" for result in results),
                severity=_severity(results),
                description=" ; ".join(result.observed for result in results if result.effect != "none"),
                metadata=_metadata(results),
            )

    return questions


def _severity(results: list[CheckResult]) -> dg.AssetCheckSeverity:
    blocks = any(result.effect == "block" for result in results)
    return dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN


def _metadata(results: list[CheckResult]) -> dict[str, Any]:
    failed = [result for result in results if result.effect != "none"]
    if not failed:
        return {"observed": results[0].observed} if results else {}
    first = failed[0]
    return {
        "owner": first.owner,
        "expected": first.expected,
        "next_step": first.next_step_fr,
        "results": dg.JsonMetadataValue([asdict(result) for result in failed]),
    }
