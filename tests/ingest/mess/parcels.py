"""Files to send: their bytes, the responses in them, the events on the files themselves that they must raise."""

from __future__ import annotations

import codecs
import datetime as dt
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from registry import Registry
from tests.ingest.mess.containers import Sheets, delimited, excel, old_excel, open_document, web_page
from tests.ingest.mess.layouts import (
    KEY_LABELS,
    KOBO,
    LABELS,
    LIMESURVEY,
    Cell,
    Grid,
    Style,
    form,
    form_questions,
    french,
    serial,
    table,
    with_comma,
)  # fmt: skip
from tests.ingest.mess.truth import Places, Response, answers_of_all_kinds

NO_BREAK, NARROW = "\u00a0", "\u202f"
DEPARTEMENTS = ("33", "2A", "974", "01")
TITLES: Grid = [["SENACS - Enquête nationale"], ["Fédération des centres sociaux de l'Inconnu", None, "juin"], []]

Write = Callable[[Sheets], bytes]


@dataclass
class Parcel:
    """A file: `beside` counts the rules raised on the file, not on a structure."""

    file: str
    content: bytes
    responses: list[Response]
    beside: dict[str, int] = field(default_factory=dict)


def untidy(text: str) -> str:
    """Curly apostrophes, decomposed accents, doubled and no-break spaces, capitals."""
    return unicodedata.normalize("NFD", text.replace("'", "’").replace(" ", f" {NO_BREAK}").upper())


def spaced(text: str) -> str:
    return f"  {text.replace(' ', '  ').title()} "


def as_date(date: dt.date) -> Cell:
    return date


STYLES = {
    "codes": Style(date=as_date, number=french(" ")),
    "codes, options by label": Style(
        number=with_comma, option_header="{question} - {option}", ticks=("x", None), yes_no=("o", "n")
    ),
    "labels": LABELS,
    "labels in brackets": replace(
        LABELS, option_header="{label} [{option}]", ticks=("1", "0"), yes_no=("1", "0"), date=serial
    ),
    "untidy labels": replace(
        LABELS, spelled=untidy, ticks=("OUI", "non"), yes_no=("Vrai", "FAUX"), number=french(NO_BREAK)
    ),
    "spaced labels": replace(LABELS, spelled=spaced, yes_no=("yes", "NO"), options="joined", number=french(NARROW)),
    "codes then labels": Style(headers="code+label", titles=TITLES, date=as_date, yes_no=(True, False)),
    "labels then codes": Style(headers="label+code", titles=TITLES, between_headers=[[]], choices="code"),
    "joined labels": Style(options="joined", yes_no=("O", "N"), lead=2),
    "joined codes": Style(options="joined", choices="code", joiner=";", date=serial),
    "limesurvey": LIMESURVEY,
    "kobo": KOBO,
    "kobo joined": replace(KOBO, options="joined"),
    "kobo split": replace(KOBO, options="split", ticks=(1, 0)),
}


def first(write: Callable[[Grid], bytes]) -> Write:
    """A container of one sheet only."""
    return lambda sheets: write(next(iter(sheets.values())))


def _utf_16(grid: Grid, mark: bytes, encoding: str) -> bytes:
    return mark + delimited(grid, encoding, "\t")


CONTAINERS: dict[str, tuple[str, Write]] = {
    "semicolons": ("csv", first(delimited)),
    "commas after a mark": ("csv", first(partial(delimited, encoding="utf-8-sig", delimiter=","))),
    "utf-16 le": ("txt", first(partial(_utf_16, mark=codecs.BOM_UTF16_LE, encoding="utf-16-le"))),
    "utf-16 be": ("TXT", first(partial(_utf_16, mark=codecs.BOM_UTF16_BE, encoding="utf-16-be"))),
    "windows-1252": ("csv", first(partial(delimited, encoding="cp1252", newline="\n"))),
    "excel": ("xlsx", excel),
    "excel formulas": ("XLSX", partial(excel, formulas=True)),
    "calc": ("ods", open_document),
    "calc formulas": ("ods", partial(open_document, formulas=True)),
    "web page": ("xls", web_page),
    "excel 97": ("xls", old_excel),
}
ONE_SHEET = ("csv", "txt", "TXT")
STARTS_A_PROCESS = "excel 97"
NOT_IN_WINDOWS_1252 = ("untidy labels", "spaced labels")


def is_written(style: str, container: str) -> bool:
    """Whether a style can be written in a container: some signs are not in Windows-1252."""
    return container != "windows-1252" or style not in NOT_IN_WINDOWS_1252


class Sender:
    """Makes parcels of new structures of a campaign, from a seeded source of chance."""

    def __init__(self, registry: Registry, campaign: int) -> None:
        self.registry, self.campaign = registry, campaign
        self.rng = random.Random(campaign)
        self.places = Places(self.rng)
        self.types = registry.types_asked(campaign)

    def responses(self, structure_type: str, count: int = 2) -> list[Response]:
        made = [self.places.structure(structure_type, self.rng.choice(DEPARTEMENTS)) for _ in range(count)]
        return [Response(one, answers_of_all_kinds(self.registry, self.campaign, one, self.rng)) for one in made]

    def tables(self, style: Style, types: list[str] | None = None) -> tuple[Sheets, list[Response]]:
        """A table by structure type."""
        groups = {name: self.responses(name) for name in types or self.types}
        sheets = {name: table(self.registry, self.campaign, group, style) for name, group in groups.items()}
        return sheets, [response for group in groups.values() for response in group]

    def formats(self) -> Iterator[Parcel]:
        """Styles in containers: over the campaigns, each style in each; Excel 97, slower to read, for some only."""
        turn = self.registry.campaigns.index(self.campaign)
        for number, style in enumerate(STYLES):
            for place, (container, (extension, write)) in enumerate(CONTAINERS.items()):
                if (number + place) % len(self.registry.campaigns) != turn or not is_written(style, container):
                    continue
                if container == STARTS_A_PROCESS and number % 4:
                    continue
                types = [self.rng.choice(self.types)] if extension in ONE_SHEET else self.types
                sheets, responses = self.tables(STYLES[style], types)
                yield Parcel(f"{style} in {container}.{extension}", write(sheets), responses)

    def disorders(self) -> Iterator[Parcel]:
        """Tables with something around the answers or among them."""
        for style in ("codes", "labels", "codes then labels", "limesurvey", "kobo"):
            for disorder in (blanks, summaries, hidden, notices, unknown_columns, headless, shuffled):
                sheets, responses = self.tables(STYLES[style])
                disordered, beside, masked = disorder(sheets, self)
                extension, write = self.rng.choice([("xlsx", excel), ("ods", open_document)])
                name = f"{style}, {disorder.__name__}.{extension}"
                yield Parcel(name, write(disordered, masked), responses, beside)

    def forms(self) -> Iterator[Parcel]:
        """Forms of one structure, with their codes, their questions or both, on several sheets or one."""
        for structure_type in self.types:
            for lead, spelled, variant in (
                (0, str, whole), (1, spaced, whole), (0, untidy, without_codes), (2, str, without_codes),
                (0, str, without_questions), (1, str, on_one_sheet), (0, str, unheaded),
            ):  # fmt: skip
                (response,) = self.responses(structure_type, 1)
                style = Style(lead=lead, spelled=spelled, date=as_date, number=french(" "))
                sheets = variant(form(self.registry, self.campaign, response, style), lead)
                name = f"form {structure_type} {variant.__name__} {lead}"
                yield Parcel(f"{name}.ods", open_document(sheets), [response])


Disordered = tuple[Sheets, dict[str, int], tuple[str, ...]]


def blanks(sheets: Sheets, _: Sender) -> Disordered:
    """Blank columns here and there, blank rows at the top and between the rows."""
    spread = {
        name: [[None], *(line for row in grid for line in (_with_blank_columns(row), []))]
        for name, grid in sheets.items()
    }
    return spread, {}, ()


def _with_blank_columns(row: list[Cell]) -> list[Cell]:
    return [cell for place, text in enumerate(row) for cell in ((None, text) if place % 7 == 0 else (text,))]


def summaries(sheets: Sheets, _: Sender) -> Disordered:
    """Rows of totals, the word in the column of the identifier or after it."""
    totals = {}
    for name, grid in sheets.items():
        place = _identifier_column(grid)
        lines = [[*[None] * at, word, *[3] * 9] for at, word in ((place, "TOTAL"), (place + 1, "Moyenne"))]
        totals[name] = [*grid, [], *lines, [*[None] * (place + 2), "total  général"]]
    return totals, {"I12": 3 * len(sheets)}, ()


def hidden(sheets: Sheets, _: Sender) -> Disordered:
    """Hidden sheets: a list, and a copy of the answers."""
    more: Sheets = {"Listes": [["Oui", "Non"]], "Copie": [list(row) for row in next(iter(sheets.values()))]}
    return more | sheets, {"I13": 2}, ("Listes", "Copie")


def notices(sheets: Sheets, sender: Sender) -> Disordered:
    """Visible sheets that hold no answer: how to fill the form, the codes, the lists of options, nothing."""
    questions = form_questions(sender.registry, sender.campaign, sender.types[0])
    codes: Grid = [["Code", "Question", "Type"], *([q.question_code, q.question_label_fr, q.type] for q in questions)]
    lists: Grid = [["Associatif", "Un quartier"], ["Commune", "Une commune"], [None, "Plusieurs communes"]]
    return (
        {"Lisez-moi": [["Merci de remplir"], ["une ligne par structure"]], **sheets, "Codes": codes, "Listes": lists},
        {},
        (),
    )


def unknown_columns(sheets: Sheets, _: Sender) -> Disordered:
    """Columns that are no question's; "Total" is the name of one, and no word of a row."""
    more = {
        name: _with_columns(grid, ["Réservé à la Caf", "Total", "Remarque 2"], ["vu", 3, "?"])
        for name, grid in sheets.items()
    }
    return more, {"I10": 3 * len(sheets)}, ()


def headless(sheets: Sheets, _: Sender) -> Disordered:
    """A column without a header that holds something: said as an unknown one."""
    return {name: _with_columns(grid, [None], ["x"]) for name, grid in sheets.items()}, {"I10": len(sheets)}, ()


def shuffled(sheets: Sheets, sender: Sender) -> Disordered:
    """Columns in another order."""
    mixed: Sheets = {}
    for name, grid in sheets.items():
        width = max(map(len, grid))
        order = sender.rng.sample(range(width), width)
        mixed[name] = [[(row + [None] * width)[place] for place in order] if len(row) == width else row for row in grid]
    return mixed, {}, ()


def _with_columns(grid: Grid, headers: list[Cell], cells: list[Cell]) -> Grid:
    top = next(number for number, row in enumerate(grid) if len(row) == max(map(len, grid)))
    headed = next(number for number, row in enumerate(grid) if _names_identifier(row))
    added: Grid = []
    for number, row in enumerate(grid):
        more = headers if number == headed else cells if number > top and not _names_identifier(row) and row else []
        added.append([*row, *more])
    return added


def _identifier_column(grid: Grid) -> int:
    row = next(row for row in grid if _names_identifier(row))
    return next(place for place, text in enumerate(row) if text in IDENTIFIERS)


def _names_identifier(row: list[Cell]) -> bool:
    return any(text in IDENTIFIERS for text in row)


IDENTIFIERS = {"IDENT", KEY_LABELS["IDENT"], "structure/ident"}


def whole(sheets: Sheets, _: int) -> Sheets:
    return sheets


def without_codes(sheets: Sheets, lead: int) -> Sheets:
    return {name: [row[:lead] + row[lead + 1 :] for row in grid] for name, grid in sheets.items()}


def without_questions(sheets: Sheets, lead: int) -> Sheets:
    return {name: [row[: lead + 1] + row[lead + 2 :] for row in grid] for name, grid in sheets.items()}


def on_one_sheet(sheets: Sheets, _: int) -> Sheets:
    return {"Fiche": [row for grid in sheets.values() for row in grid]}


def unheaded(sheets: Sheets, _: int) -> Sheets:
    """No row says which column holds the answers."""
    return {name: [row for row in grid if "Réponse" not in row] for name, grid in sheets.items()}
