"""The `senacs` command: the face of the pipeline for the people who run a campaign."""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from orchestration.exit_codes import ExitCode
from orchestration.interruption import TOLD_FR, stoppable
from orchestration.screen import Screen, on_one_line

Command = Callable[[argparse.Namespace, Screen], ExitCode]


class Listed(NamedTuple):
    """A command of the list: its name, the module of this package that carries it out, what it does in one line."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Listed("demo", "demonstration", "Fait tout le travail sur les données de démonstration fournies."),
    Listed("campaign", "campaign", "Prépare une campagne : la créer, la comparer à une autre, la vérifier, l'ouvrir."),
    Listed(
        "templates",
        "templates",
        "Écrit les classeurs à remplir d'une campagne, un par émetteur : ses structures et leurs dernières réponses.",
    ),
    Listed("frame", "registration", "Enregistre la liste des structures agréées d'une campagne."),
    Listed(
        "lifecycle",
        "registration",
        "Ajoute des événements de la vie des structures (fusion, fermeture, transformation, changement de nom).",
    ),
    Listed("fiches", "registration", "Enregistre des fiches d'expérience (CSV, tableur ou JSON) pour le site public."),
    Listed("receive", "registration", "Archive les fichiers retournés, les lit et répond aussitôt pour chacun."),
    Listed(
        "withdraw",
        "withdrawing",
        "Retire une réception (mauvais émetteur, mauvais fichier) : elle reste archivée et ne compte plus.",
    ),
    Listed("restore", "withdrawing", "Rétablit une réception retirée : elle compte de nouveau, à sa place."),
    Listed(
        "arbitrate",
        "arbitrating",
        "Tranche entre les réponses de deux émetteurs pour une même structure : dit laquelle compte.",
    ),
    Listed(
        "lock",
        "closing",
        "Clôt les retours pour le millésime en préparation : ce qui arrive ensuite attend le suivant.",
    ),
    Listed(
        "correct", "correcting", "Corrige une réponse au nom de l'équipe nationale ; le fichier reçu reste tel quel."
    ),
    Listed(
        "justify",
        "correcting",
        "Accepte telle quelle une colonne signalée en entier, avec un motif ; sans --question, les montre.",
    ),
    Listed("build", "building", "Construit tout, des fichiers reçus au verdict du contrôle."),
    Listed(
        "gate", "building", "Redit le verdict du contrôle, avec les signatures du moment : que corriger, et par qui."
    ),
    Listed("publish", "publishing", "Publie un millésime, daté et définitif."),
    Listed(
        "sign", "signing", "Signe les chiffres d'un territoire, déclare un signataire absent, ou montre qui a signé."
    ),
    Listed("diff", "comparing", "Compare deux millésimes publiés : quels chiffres ont changé, et pourquoi."),
    Listed(
        "revisions",
        "comparing",
        "Triangle des révisions : chaque chiffre national, millésime après millésime (page et CSV).",
    ),
    Listed(
        "rebuild",
        "vintages",
        "Refait un millésime publié à partir de ce qu'il dit avoir utilisé, et le compare fichier par fichier.",
    ),
    Listed("note", "vintages", "Note pourquoi des chiffres ont changé depuis le dernier millésime publié."),
    Listed(
        "suivi",
        "sites",
        "Écrit le site de suivi d'une campagne pour l'équipe : qui relancer, que corriger, verdict, millésimes.",
    ),
    Listed(
        "site",
        "sites",
        "Écrit le site public de tout ce qui est publié : un dossier à poser sur un serveur ou un disque partagé.",
    ),
    Listed(
        "status",
        "inspection",
        "Où en est une campagne : réponses par émetteur et par département, fichiers refusés, points à confirmer.",
    ),
    Listed(
        "trace",
        "tracing",
        "D'un chiffre aux réponses sur lesquelles il repose (structure, fichier, feuille, cellule), et d'une cellule "
        "aux chiffres qui reposent sur elle.",
    ),
    Listed(
        "plaquettes",
        "plaquettes",
        "Compose les plaquettes du candidat, en épreuves : page et PDF ; ne refait que ce qui a changé.",
    ),
    Listed(
        "report", "reporting", "Écrit le rapport de contrôle d'un émetteur : chaque refus, chaque point à confirmer."
    ),
    Listed("dev", "interface", "Ouvre l'interface de Dagster sur cette machine (Ctrl+C pour la fermer)."),
)
"""In the order of a campaign. A module is imported when one of its commands is asked for."""

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


def parser(asked: str = "") -> argparse.ArgumentParser:
    """The parser of the command asked for, among the names of all the others."""
    top = FrenchParser(prog="senacs", description=DESCRIPTION, epilog=EXIT_CODES)
    commands = top.add_subparsers(title="commandes", dest="command", metavar="COMMANDE", required=True)
    summaries = {listed.name: listed.summary for listed in COMMANDS}

    def add(
        name: str, run: Command | None, example: str, summary: str = "", among: Any = commands
    ) -> argparse.ArgumentParser:
        said = summary or summaries[name]
        command: argparse.ArgumentParser = among.add_parser(
            name, help=said, description=said, epilog=f"Exemple :\n  {example}"
        )
        if run is None:
            return command
        command.add_argument("--json", action="store_true", help="résultat en JSON sur la sortie standard")
        command.add_argument("--debug", action="store_true", help="montre le détail technique d'un échec")
        command.set_defaults(run=run)
        return command

    family = next((listed.module for listed in COMMANDS if listed.name == asked), "")
    loaded = False
    for listed in COMMANDS:
        if listed.module != family:
            commands.add_parser(listed.name, help=listed.summary)
        elif not loaded:
            importlib.import_module(f"{__name__}.{family}").add_commands(add)
            loaded = True
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. A failure is one line, with its traceback only where asked for."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = next((word for word in given if not word.startswith("-")), "")
    options = parser(asked).parse_args(given)
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
            if interrupted := interruption.code_of(error):
                screen.fail(TOLD_FR[interrupted], interrupted)
                return interrupted
            from orchestration.failures import told

            message, code = told(error)
            screen.fail(message, code, getattr(error, "lines", ()))
            return code
