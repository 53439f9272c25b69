"""A campaign before its first return: made from another one, compared with it, checked, opened.

What is asked stays data: these modules read `questionnaires/`, and the only lines that they write there are those of
a new campaign.
"""

from registry.campaigns.coherence import Findings, findings_of
from registry.campaigns.difference import Difference, difference_between
from registry.campaigns.opening import CampaignError, Opening, new_campaign, open_campaign

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
