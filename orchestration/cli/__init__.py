"""The `senacs` command: the face of the pipeline for the people who run a campaign."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from orchestration.cli import (
    arbitrating,
    building,
    campaign,
    closing,
    comparing,
    correcting,
    demonstration,
    inspection,
    interface,
    plaquettes,
    publishing,
    registration,
    reporting,
    signing,
    sites,
    templates,
    tracing,
    vintages,
    withdrawing,
)
from orchestration.exit_codes import ExitCode
from orchestration.interruption import TOLD_FR, stoppable
from orchestration.screen import Screen, on_one_line

Command = Callable[[argparse.Namespace, Screen], ExitCode]

DESCRIPTION = """\
L'entrepôt SENACS : des questionnaires retournés aux publications.

Tout ce qui n'est pas du code est sous SENACS_HOME (par défaut var/)."""
EXIT_CODES = """\
Codes de retour :
  0  réussi
  1  échec, expliqué en une ligne (détail technique avec --debug)
  2  commande mal écrite
  3  publication bloquée par le contrôle
  4  tous les fichiers reçus sont refusés
  5  ce millésime est déjà publié
  6  ce signataire n'a pas à signer ce territoire
  7  des territoires seraient retenus sans avoir été acceptés (publish)
  130, 143  interrompu (Ctrl-C), arrêté par le système

Premier essai : senacs demo"""


class FrenchParser(argparse.ArgumentParser):
    """A parser whose help has French titles, and that keeps the lines of its texts."""

    def __init__(self, **texts: Any) -> None:
        super().__init__(**texts, formatter_class=argparse.RawDescriptionHelpFormatter, add_help=False)
        self._positionals.title, self._optionals.title = "arguments", "options"
        self.add_argument("-h", "--help", action="help", help="montre cette aide")

    def error(self, message: str) -> NoReturn:
        """Usage and reason on the standard error, exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(ExitCode.USAGE, f"senacs : commande mal écrite : {on_one_line(message)}\n")


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    top = FrenchParser(prog="senacs", description=DESCRIPTION, epilog=EXIT_CODES)
    commands = top.add_subparsers(title="commandes", dest="command", metavar="COMMANDE", required=True)

    def add(
        name: str, run: Command | None, summary: str, example: str, among: Any = commands
    ) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = among.add_parser(
            name, help=summary, description=summary, epilog=f"Exemple :\n  {example}"
        )
        if run is None:
            return command
        command.add_argument("--json", action="store_true", help="résultat en JSON sur la sortie standard")
        command.add_argument("--debug", action="store_true", help="montre le détail technique d'un échec")
        command.set_defaults(run=run)
        return command

    for module in (
        demonstration,
        campaign,
        templates,
        registration,
        withdrawing,
        arbitrating,
        closing,
        correcting,
        building,
        publishing,
        signing,
        comparing,
        vintages,
        sites,
        inspection,
        tracing,
        plaquettes,
        reporting,
        interface,
    ):
        module.add_commands(add)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. A failure is one line, with its traceback only where asked for."""
    options = parser().parse_args(arguments)
    screen = Screen(options.json)
    with stoppable() as interruption:
        try:
            return int(options.run(options, screen))
        except BrokenPipeError:
            sys.stderr.close()
            return ExitCode.FAILURE
        except SystemExit:
            raise
        except BaseException as error:  # the boundary: whatever happens below ends as one line and an exit code
            if options.debug:
                traceback.print_exc()
            if asked := interruption.code_of(error):
                screen.fail(TOLD_FR[asked], asked)
                return asked
            from orchestration.failures import told

            message, code = told(error)
            screen.fail(message, code, getattr(error, "lines", ()))
            return code


if __name__ == "__main__":
    sys.exit(main())
