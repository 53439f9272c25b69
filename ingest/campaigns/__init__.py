"""A campaign before its first return: made from another one, compared with it, checked, opened.

What is asked stays data: these modules read `questionnaires/`, and the only lines that they write there are those of
a new campaign.
"""

from ingest.campaigns.coherence import Findings, findings_of
from ingest.campaigns.difference import Difference, difference_between
from ingest.campaigns.opening import CampaignError, Opening, new_campaign, open_campaign

__all__ = [
    "CampaignError",
    "Difference",
    "Findings",
    "Opening",
    "difference_between",
    "findings_of",
    "new_campaign",
    "open_campaign",
]
