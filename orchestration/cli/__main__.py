"""``python -m orchestration.cli``: the `senacs` command."""

import sys

from orchestration.cli import main

sys.exit(main())
