"""``python -m benchmarks``: the national benchmark."""

import sys

from benchmarks.national import main

if __name__ == "__main__":
    sys.exit(main())
