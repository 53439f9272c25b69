"""Every signature that a campaign still lacks, given in one process: a hundred and fifty signers are no benchmark.

python -m benchmarks.signing HOME CAMPAIGN
"""

from __future__ import annotations

import sys
from pathlib import Path

from core.home import Home, questionnaires_folder
from orchestration.builds import current_candidate
from orchestration.sign_off import sign_as_demonstration


def main(home: Home, campaign: int) -> None:
    """Prints how many signatures were missing."""
    print(sign_as_demonstration(home, questionnaires_folder(), current_candidate(home), campaign))


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), int(sys.argv[2]))
