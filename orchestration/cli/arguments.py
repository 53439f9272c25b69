"""Arguments that several commands share, and the registry they are checked against."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.home import questionnaires_folder
from orchestration.exit_codes import CommandError, ExitCode
from publication.release.vintages import NAMES_FR, VINTAGE_NAME
from registry import load_registry

if TYPE_CHECKING:
    from registry import Registry

AddCommand = Callable[..., argparse.ArgumentParser]
"""Adds a command: its name, the function that carries it out, an example; for an action of a command, what it does and
among which."""


def existing_file(text: str) -> Path:
    """A file that is there."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"fichier introuvable : {text}")
    return path


def existing_folder(text: str) -> Path:
    """A folder that is there."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"dossier introuvable : {text}")
    return path


def iso_moment(text: str) -> dt.datetime:
    """A date and time, ``2019-05-02T09:00:00``, with or without an offset."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"date « {text} » illisible (attendu : 2019-05-02T09:00:00)") from error


def territory(text: str) -> tuple[str, str]:
    """Level and code: a bare code is ambiguous."""
    level, colon, code = text.partition(":")
    if not (level and colon and code):
        raise argparse.ArgumentTypeError(f"territoire « {text} » incomplet (attendu NIVEAU:CODE, ex. departement:62)")
    return level, code


def vintage_name(text: str) -> str:
    """The name of a vintage (`VINTAGE_NAME`)."""
    if not VINTAGE_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"millésime « {text} » invalide (attendu : {NAMES_FR})")
    return text


def loaded_registry() -> Registry:
    """The registry in force. Raises `RegistryError`."""
    return load_registry(questionnaires_folder())


def refuse_unknown_campaign(registry: Registry, campaign: int | None) -> None:
    """Wrong usage when the registry doesn't know the campaign, failure when it is a draft with faults."""
    if campaign in registry.left_out:
        faults = registry.left_out[campaign]
        raise CommandError(
            f"la campagne {campaign} est en préparation et son questionnaire a des fautes ({faults[0]}) : "
            f"corrigez ce que dit « senacs campaign check {campaign} »"
        )
    if campaign is not None and campaign not in registry.campaigns:
        known = ", ".join(map(str, registry.campaigns))
        raise CommandError(f"campagne {campaign} inconnue de questionnaires/ (connues : {known})", ExitCode.USAGE)
