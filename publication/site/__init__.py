"""The public site: what was published, for everybody, as pages that need no server and no network."""

from __future__ import annotations

from publication.site.files import NotASiteError, site_folder
from publication.site.writing import NothingPublishedError, write_site

__all__ = ["NotASiteError", "NothingPublishedError", "site_folder", "write_site"]
