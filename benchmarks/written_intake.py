"""The intake of campaigns from the archive alone, in this process: every file read, checked, and the tables written.

python -m benchmarks.written_intake HOME CAMPAIGN...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from core.home import Home, questionnaires_folder
from ingest.store.intake import build_intake
from registry import load_registry


def main(home: Home, campaigns: list[int]) -> None:
    """Prints as JSON what the last of the campaigns holds: files, rows and answers."""
    registry = load_registry(questionnaires_folder())
    for campaign in campaigns:
        summary = build_intake(home, registry, campaign, force=True)
    print(json.dumps({name: summary[name] for name in ("files", "files_rejected", "rows", "answers")}))


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), [int(campaign) for campaign in sys.argv[2:]])
