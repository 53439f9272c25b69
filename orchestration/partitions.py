"""How the work is cut: by campaign, and for returns by campaign and sender."""

from __future__ import annotations

from dataclasses import dataclass

import dagster as dg

from registry import Registry

SENDERS = "senders"
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"

# One run for a range of partitions: a run for each of a hundred senders would cost more than their work.
ONE_RUN = dg.BackfillPolicy.single_run()


@dataclass(frozen=True)
class Partitions:
    """`campaign`: the registry's campaigns. `sender`: known from the archive. `returned`: both."""

    campaign: dg.StaticPartitionsDefinition
    sender: dg.DynamicPartitionsDefinition
    returned: dg.MultiPartitionsDefinition


def partitions_of(registry: Registry) -> Partitions:
    """The partitions that the registry opens."""
    campaign = dg.StaticPartitionsDefinition([str(campaign) for campaign in registry.campaigns])
    sender = dg.DynamicPartitionsDefinition(name=SENDERS)
    return Partitions(campaign, sender, dg.MultiPartitionsDefinition({"campaign": campaign, "sender": sender}))


def range_tags(first: str, last: str) -> dict[str, str]:
    """The tags of one run over the partitions from `first` to `last`."""
    return {RANGE_START: first, RANGE_END: last}


def campaigns_of(context: dg.AssetExecutionContext) -> list[int]:
    """The campaigns of a run, oldest first: each one's previous values come from those before it."""
    return sorted(int(key) for key in context.partition_keys)
