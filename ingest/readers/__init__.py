"""The bytes of a file from a sender in; sheets of text cells out, or a refusal in French.

A file is judged by its content and by the extension of its name, which is never used as a path. Nothing is written,
fetched, evaluated or run, whatever the file says.
"""

from __future__ import annotations

from ingest.readers.containers import read_sheets
from ingest.readers.delivery import Member, delivered_members, is_delivery
from ingest.readers.sheets import Limits, Sheet, cell_address

__all__ = ["Limits", "Member", "Sheet", "cell_address", "delivered_members", "is_delivery", "read_sheets"]
