"""``python -m benchmarks``: the intake alone, then the national benchmark."""

import sys

from benchmarks import intake, national

if __name__ == "__main__":
    sys.exit(intake.main([]) or national.main())
