"""``python -m orchestration.prepare``: what set-up does once, so that no first build has to.

It parses the dbt project for the registry in force. Where that fails nothing stops: the first build says why.
"""

from __future__ import annotations

import sys

from core.home import questionnaires_folder
from orchestration.dbt.working_copy import DbtError, prepare
from orchestration.environment import silence_tools
from registry import RegistryError, load_registry


def main() -> None:
    """Prepare, or say on the standard error why not."""
    silence_tools()
    try:
        prepare(load_registry(questionnaires_folder()))
    except (RegistryError, DbtError) as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
