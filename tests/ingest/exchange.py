"""A sender and the national team: returns, reports, answers to reports, corrections."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import polars as pl

from core.home import Home
from ingest.corrections.report import write_report
from ingest.corrections.report_layout import COLUMNS, REFERENCE
from ingest.receive.reception import Delivery, receive
from ingest.store.intake import build_intake
from registry import Registry

SENDER = "caf-59"
STRUCTURE = "CS-59-0005"


class Exchange:
    """A sender and the national team, exchanging files about one campaign."""

    def __init__(self, home: Home, registry: Registry, folder: Path) -> None:
        self.home, self.registry, self.folder = home, registry, folder
        self.day = 0
        self.heard = ""

    def send(self, path: Path, sender: str = SENDER) -> str:
        self.day += 1
        moment = dt.datetime(2019, 6, self.day)
        answer = receive(self.home, self.registry, [Delivery(path, path.name, 2019, sender, moment)])[0]
        self.heard = answer.message
        return answer.verdict

    def answer(self, **cells: str) -> None:
        path = self.folder / f"retour_{self.day}.csv"
        row = {"IDENT": STRUCTURE} | {name.replace("_", "."): text for name, text in cells.items()}
        path.write_text(f"{';'.join(row)}\n{';'.join(row.values())}\n", encoding="utf-8")
        assert self.send(path) == "accepted"

    def report(self) -> Path:
        _, paths = write_report(self.home, self.registry, 2019, SENDER, self.folder / "rapports")
        return paths[0]

    def lines(self) -> list[dict[str, str]]:
        sheet = openpyxl.load_workbook(self.report())["À décider"]
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        start = next(number for number, row in enumerate(rows) if row[0] == COLUMNS[0])
        lines = [dict(zip(COLUMNS, row, strict=False)) for row in rows[start + 1 :]]
        return [line for line in lines if line[REFERENCE]]

    def decide(self, rule: str, **answers: str) -> str:
        """Fill in the line of `rule` and send the report back; what the reception says of it."""
        return self.send_decided(self.report(), rule, **answers)

    def send_decided(self, path: Path, rule: str, **answers: str) -> str:
        """Fill in the line of `rule` in a report written before, and send it back."""
        book = openpyxl.load_workbook(path)
        sheet = book["À décider"]
        sheet["D4"] = "Camille Hoarau"
        for row in sheet.iter_rows():
            if row[COLUMNS.index("Règle")].value == rule:
                for name, text in answers.items():
                    row[COLUMNS.index(name.replace("_", " "))].value = text
        back = self.folder / f"rapport_rempli_{self.day}.xlsx"
        book.save(back)
        return self.send(back)

    def table(self, name: str) -> pl.DataFrame:
        build_intake(self.home, self.registry, 2019)
        return pl.read_parquet(self.home.intake / "2019" / f"{name}.parquet")

    def value(self, variable: str) -> tuple[object, str]:
        row = self.table("answers").filter("current", pl.col("variable") == variable).row(0, named=True)
        return row["value_num"], row["status"]

    def open_rules(self) -> list[str]:
        return sorted(self.table("edits").filter("open")["rule"])


def write_corrections(exchange: Exchange, text: str) -> None:
    folder = exchange.folder / "corrections"
    folder.mkdir(exist_ok=True)
    (folder / "2019.yml").write_text(text, encoding="utf-8")
