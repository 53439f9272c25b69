"""The campaign site: where a campaign stands, for the coordination team. Never public."""

from __future__ import annotations

from publication.follow_up.progress import Expected, FollowUp, follow_up_of
from publication.follow_up.site import write_campaign_site

__all__ = ["Expected", "FollowUp", "follow_up_of", "write_campaign_site"]
