"""Action sheets (« fiches d'expérience »): actions told by the structures, for the public directory.

They come as CSV, spreadsheet or JSON, are archived as received, and read again at each build. What a sheet holds is
``questionnaires/action_sheet_fields.csv``.
"""

from __future__ import annotations

from ingest.action_sheets.registering import (
    ActionSheetError,
    RefusedSheet,
    export_action_sheets,
    register_action_sheets,
)

__all__ = ["ActionSheetError", "RefusedSheet", "export_action_sheets", "register_action_sheets"]
