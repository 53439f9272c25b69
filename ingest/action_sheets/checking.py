"""A sheet as told becomes a sheet to publish, or says in French what it lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.spelling import folded
from ingest.action_sheets.reading import LIST_SEPARATOR, Told
from ingest.returns.identifiers import structure_id
from registry.action_sheet_fields import CHOICE, LIST, STRUCTURE, YEAR, SheetField
from registry.model import Choice
from registry.text_rules import EMAIL, FRENCH_PHONE

EXPLAINED = "explained"
"""The group of the options of a choice that ask for its reason, in the field named ``<choice>_reason``."""

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2100
_PERSONAL = re.compile(f"{EMAIL}|{FRENCH_PHONE}")
_MARKUP = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_RUN_BY_A_SPREADSHEET = ("=", "@")
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Checker:
    """The fields, the options of their lists, the structures that a frame has."""

    fields: list[SheetField]
    choices: Mapping[str, list[Choice]]
    structures: frozenset[str]

    def checked(self, told: Told) -> tuple[dict[str, Any], list[str]]:
        """The sheet's values by field, and what is wrong with it (nothing: it can be published).

        Lists hold texts, years are whole numbers, a field left out is None. Any contact detail refuses the sheet: what
        it says is for everybody to read.
        """
        values: dict[str, Any] = {}
        reasons = []
        for field in self.fields:
            text = told.values.get(field.field, "")
            try:
                values[field.field] = self._value(field, text)
            except ValueError as wrong:
                values[field.field] = None
                reasons.append(str(wrong))
        reasons += self._unexplained(values)
        values["sheet_id"] = values.get("sheet_id") or _reference(values)
        return values, reasons

    def _value(self, field: SheetField, text: str) -> Any:
        name = f"« {field.label_fr} »"
        if not text:
            if field.required:
                raise ValueError(f"{name} manque")
            return [] if field.kind == LIST else None
        if len(text) > field.max_characters:
            raise ValueError(f"{name} a {len(text)} caractères : {field.max_characters} au plus")
        if _PERSONAL.search(text):
            raise ValueError(f"{name} contient une adresse électronique ou un numéro de téléphone : retirez-le")
        if _MARKUP.search(text):
            raise ValueError(f"{name} contient des balises HTML : gardez le texte seul")
        if text.startswith(_RUN_BY_A_SPREADSHEET):
            raise ValueError(f"{name} commence comme une formule de tableur (« {text[:1]} ») : gardez le texte seul")
        if field.kind == LIST:
            return [part.strip() for part in re.split(f"[{LIST_SEPARATOR}\n]", text) if part.strip()]
        if field.kind == YEAR:
            return _year(name, text)
        if field.kind == STRUCTURE:
            return self._structure(text)
        return self._option(field, name, text) if field.kind == CHOICE else text

    def _structure(self, text: str) -> str:
        identifier = structure_id(text)
        if identifier not in self.structures:
            raise ValueError(f"la structure « {text} » n'est dans aucun référentiel enregistré (senacs frame)")
        return identifier

    def _option(self, field: SheetField, name: str, text: str) -> str:
        options = self.choices.get(field.choices, [])
        for option in options:
            if folded(text) in (folded(option.code), folded(option.label_fr)):
                return option.code
        known = ", ".join(option.label_fr for option in options)
        raise ValueError(f"{name} : « {text} » n'est pas une des réponses possibles ({known})")

    def _unexplained(self, values: Mapping[str, Any]) -> list[str]:
        missing = []
        for field in (field for field in self.fields if field.kind == CHOICE):
            options = {option.code: option for option in self.choices.get(field.choices, [])}
            chosen = options.get(values[field.field])
            reason = next((other for other in self.fields if other.field == f"{field.field}_reason"), None)
            if chosen and chosen.group == EXPLAINED and reason and not values.get(reason.field):
                missing.append(f"« {reason.label_fr} » manque pour une action « {chosen.label_fr} »")
        return missing


def slug(text: str) -> str:
    """Lower-case letters without accents, digits and hyphens: what an address can hold."""
    return _NOT_IN_A_SLUG.sub("-", folded(text)).strip("-")[:80]


def _year(name: str, text: str) -> int:
    number = re.sub(r"[.,]0+$", "", text)
    if not number.isdigit() or not _EARLIEST_YEAR <= int(number) <= _LATEST_YEAR:
        raise ValueError(f"{name} : « {text} » n'est pas une année")
    return int(number)


def _reference(values: Mapping[str, Any]) -> str:
    parts = [values.get(name) for name in ("structure_id", "year", "title")]
    return slug(" ".join(str(part) for part in parts if part))
