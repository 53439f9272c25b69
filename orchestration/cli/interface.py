"""Dagster's web interface, for those who want to see the assets, the checks and the runs."""

from __future__ import annotations

import argparse
import subprocess
import sys

from core.home import PROJECT_ROOT, Home
from orchestration.cli.arguments import AddCommand
from orchestration.dagster_home import record_builds, write_settings
from orchestration.environment import set_environment
from orchestration.exit_codes import ExitCode
from orchestration.screen import Screen

LOCAL = "127.0.0.1"
PORT = 3000


def add_commands(add: AddCommand) -> None:
    """`dev`."""
    dev = add(
        "dev",
        open_interface,
        "senacs dev",
    )
    dev.add_argument("--port", type=int, default=PORT, metavar="PORT", help=f"port local (par défaut : {PORT})")


def open_interface(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs dev``: web server and daemon, reachable from this machine only."""
    home = Home.from_environment()
    set_environment(home)
    write_settings(home)
    record_builds(home)
    screen.say(f"Interface : http://{LOCAL}:{options.port} (Ctrl+C pour fermer)")
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "orchestration.definitions"]
    try:
        ended = subprocess.run([*command, "--host", LOCAL, "--port", str(options.port)], cwd=PROJECT_ROOT, check=False)
    except KeyboardInterrupt:
        return ExitCode.OK
    return ExitCode.OK if ended.returncode == 0 else ExitCode.FAILURE
