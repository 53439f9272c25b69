"""CSV files of the registry, read strictly: every line typed, every problem with its file, its line and its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.faults import CELLS, COLUMNS, UNREADABLE, Problems, instead_of, likely, quoted
from registry.spreadsheet_csv import CsvError, Records, records_of, text_of

_OF_A_SPREADSHEET = re.compile(r"#[A-ZÉ/0!? ]{3,}[!?]?|#N/A|#{3,}")
_DAMAGED = re.compile("\N{REPLACEMENT CHARACTER}|[ÃÂ][\\x80-\\xbf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ ]|â€|Ã©|Ã¨")
_NAMING = ("variable", "question_code", "indicator", "parameter", "territory_id", "level", "weighting", "list")
"""Columns whose cells name what a line gives: a line left out may be missed under them."""


@dataclass(frozen=True)
class Column:
    """A column of a registry file: how its text is read, and what it may hold. `absent`: what its cells say in a file
    that has no such column (None: every file has it)."""

    name: str
    read: Callable[[str], Any] = str
    required: bool = False
    allowed: frozenset[str] | None = None
    absent: str | None = None


@dataclass(frozen=True)
class Row:
    """A typed line of a registry file."""

    file: str
    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


PassOver = Callable[[Mapping[str, str]], bool]


def rows_of(
    folder: Path,
    file: str,
    columns: list[Column],
    key: tuple[str, ...],
    problems: Problems,
    pass_over: PassOver | None = None,
) -> list[Row]:
    """The lines of one file, in order; faults go to `problems` and their lines are left out.

    `pass_over` looks at the cells of a line by column: a line that it names is not read at all.
    """
    names = [column.name for column in columns]
    try:
        text, _ = text_of((folder / file).read_bytes())
        records = records_of(text, names)
    except OSError as error:
        problems.add(file, None, _absent(folder, file, error), stage=UNREADABLE)
        return []
    except CsvError as error:
        problems.add(file, error.line, str(error), stage=UNREADABLE)
        return []
    needed = [column.name for column in columns if column.absent is None]
    if not _has_columns(file, records.header, needed, problems):
        return []
    doubtful = "#" in text or _DAMAGED.search(text) is not None
    rows = list(_typed_rows(file, records, columns, problems, pass_over, doubtful))
    _report_duplicates(file, rows, key, problems)
    return rows


def _absent(folder: Path, file: str, error: OSError) -> str:
    if not isinstance(error, FileNotFoundError):
        return f"ne peut pas être lu ({error.strerror or error}) : vérifiez les droits sur le fichier"
    workbook = next((folder / file).parent.glob(f"{Path(file).stem}.[xo][ld]s*"), None)
    if workbook is not None:
        return f"n'existe pas, mais {workbook.name} est à côté : enregistrez-le au format CSV"
    return "n'existe pas : remettez ce fichier dans questionnaires/, avec au moins sa ligne d'en-tête"


def _has_columns(file: str, header: list[str], names: list[str], problems: Problems) -> bool:
    if not header:
        reason = f"est vide : sa première ligne doit nommer ses colonnes ({', '.join(names)})"
        problems.add(file, None, reason, stage=COLUMNS)
        return False
    twice = sorted({name for name in names if header.count(name) > 1})
    if twice:
        problems.add(file, 1, f"colonne(s) en double : {', '.join(twice)} ; gardez-en une", stage=COLUMNS)
    missing = [name for name in names if name not in header]
    if missing:
        spare = [name for name in header if name not in names]
        near = {name: likely(name, spare) for name in missing}
        said = ", ".join(f"{name} (« {near[name]} » ?)" if near[name] else name for name in missing)
        beside = f" ; colonnes non reconnues : {', '.join(spare)}" if any(spare) else ""
        problems.add(
            file,
            1,
            f"colonne(s) absente(s) : {said}{beside} ; rétablissez l'en-tête (un nom par cellule, sans accent)",
            stage=COLUMNS,
        )
    return not (twice or missing)


def _typed_rows(
    file: str,
    records: Records,
    columns: list[Column],
    problems: Problems,
    pass_over: PassOver | None,
    doubtful: bool,
) -> Iterator[Row]:
    """`doubtful`: some cell of the file may be damaged, each is looked at."""
    header = records.header
    positions = {name: position for position, name in enumerate(header)}
    naming = [positions[name] for name in _NAMING if name in positions]
    for number, cells_found in records.uneven.items():
        reason = (
            f"{cells_found} cellules, l'en-tête en a {len(header)} : un texte qui contient le séparateur doit être "
            "entouré de guillemets"
        )
        problems.add(file, number, reason, stage=CELLS)
    for line, cells in records.lines:
        if pass_over and pass_over(dict(zip(header, cells, strict=True))):
            continue
        values: dict[str, Any] = {}
        for column in columns:
            position = positions.get(column.name)
            text = cells[position].strip() if position is not None else column.absent or ""
            unusual = not text or doubtful or column.allowed is not None
            reason = _refused(column, text) if unusual else ""
            if not reason:
                try:
                    values[column.name] = column.read(text)
                    continue
                except ValueError as error:
                    reason = f"« {text} » n'est pas lisible : {error}" if text else f"cellule vide : {error}"
            problems.add(file, line, reason, column=column.name, stage=CELLS)
        if len(values) == len(columns):
            yield Row(file, line, values)
        else:
            problems.lose(cells[position].strip() for position in naming)


def _refused(column: Column, text: str) -> str:
    """Why a cell can't be taken before it is even read, '' when nothing is wrong."""
    if not text:
        return "cellule vide : elle doit être remplie" if column.required else ""
    if text[0] == "#" and _OF_A_SPREADSHEET.fullmatch(text):
        return f"« {text} » est une erreur du tableur : ressaisissez la cellule comme texte"
    if not text.isascii() and _DAMAGED.search(text):
        return f"« {text} » a des caractères abîmés : ressaisissez-le et enregistrez en « CSV UTF-8 »"
    if column.allowed is not None and text not in column.allowed:
        expected = sorted(column.allowed)
        return f"« {text} » n'est pas une valeur possible{instead_of(text, expected)} ; attendu : {', '.join(expected)}"
    return ""


def _report_duplicates(file: str, rows: list[Row], key: tuple[str, ...], problems: Problems) -> None:
    if not key:
        return
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        identity = tuple(row[name] for name in key)
        if identity in first:
            said = quoted(part for part in identity if part not in (None, ""))
            reason = f"{said} est déjà à la ligne {first[identity]} : gardez une seule des deux lignes"
            problems.add(file, row.line, reason, stage=CELLS)
        else:
            first[identity] = row.line


def french_names(folder: Path, file: str, key: str) -> dict[str, str]:
    """The column label_fr of a file of the registry, by `key`. Raises `RegistryError`."""
    problems = Problems()
    rows = rows_of(folder, file, [Column(key, required=True), Column("label_fr", required=True)], (key,), problems)
    problems.raise_if_any()
    return {row[key]: row["label_fr"] for row in rows}
