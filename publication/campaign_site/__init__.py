"""The campaign site: where a campaign stands, for the coordination team. Never public."""

from __future__ import annotations

from publication.campaign_site.follow_up import Expected, FollowUp, follow_up_of
from publication.campaign_site.site import write_campaign_site

__all__ = ["Expected", "FollowUp", "follow_up_of", "write_campaign_site"]
