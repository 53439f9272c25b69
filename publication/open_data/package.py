"""``open-data/``: the files, then what describes them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.french import typographic
from publication.documents.pages import PagePrinter
from publication.documents.plans import House
from publication.open_data.catalog import catalog
from publication.open_data.codebook import codebook_page
from publication.open_data.resources import CODEBOOK, Resource, Sources
from publication.open_data.tables import EXCEL, excel_schema, write_csv, write_excel_csv, write_parquet
from publication.open_data.titles import FOLDER, PACKAGE
from publication.open_data.words import Words, lines, read_words, said
from publication.open_data.workbook import write_workbook
from publication.release.manifest import sha256_of
from publication.site.settings import read_settings

CATALOG = "catalog.jsonld"
CODEBOOK_PAGE = "codebook.html"
WORKBOOK = "senacs.xlsx"
MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}


def write_open_package(
    release: Path, registry: Path, about: Mapping[str, Any], house: House, pages: PagePrinter
) -> None:
    """Writes ``open-data/`` into a release under way whose ``figures.csv`` and marts are there.

    `registry`: that of the candidate; `about`: campaign, data_year, vintage, vintage_label, published_at (ISO 8601),
    demo, remark ('' but for demonstration data). The same release gives the same bytes.
    """
    words, settings = read_words(), read_settings()
    sources = Sources(release, registry, about["campaign"], words, house.bases, settings.kinds, settings.families)
    folder = release / FOLDER
    folder.mkdir()
    tables = sources.resources()
    described = [entry for table in tables for entry in _written(table, folder, words)]
    head = _head(words, about, house)
    write_workbook(folder / WORKBOOK, tables, words.readme, head, dt.datetime.fromisoformat(about["published_at"]))
    codebook = next(table for table in tables if table.name == CODEBOOK)
    page = codebook_page(codebook, words.codebook, about)
    (folder / CODEBOOK_PAGE).write_text(pages.tables(page), encoding="utf-8")
    described += [_document(folder / name, words) for name in (WORKBOOK, CODEBOOK_PAGE)]
    package = _package(words, about, house, described)
    _write_json(folder / PACKAGE, package)
    _write_json(folder / CATALOG, catalog(package, about["data_year"]))


def _written(table: Resource, folder: Path, words: Words) -> list[dict[str, Any]]:
    """The files of a table, each as a data package describes it."""
    path = folder / f"{table.name}.csv"
    write_csv(table, path)
    found = [_table(table, path, words.forms["csv"], table.schema(), {"delimiter": ","})]
    if table.spec.get("excel"):
        path = folder / f"{table.name}-excel.csv"
        write_excel_csv(table, path)
        found.append(_table(table, path, words.forms["excel"], excel_schema(table), EXCEL))
    path = folder / f"{table.name}.parquet"
    write_parquet(table, path)
    found.append(_file(path, f"{table.name}-parquet", words.forms["parquet"].format(title=table.title), table))
    return found


def _table(
    table: Resource, path: Path, form: str, schema: Mapping[str, Any], dialect: Mapping[str, str]
) -> dict[str, Any]:
    described = {"title": table.title, "name": path.stem, "description": table.description}
    return {
        **_file(path, path.stem, form.format(title=table.title), table),
        "type": "table",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": dialect,
        "schema": {**described, **schema},
    }


def _document(path: Path, words: Words) -> dict[str, Any]:
    return _file(path, path.name.replace(".", "-"), words.files[path.name])


def _file(path: Path, name: str, title: str, table: Resource | None = None) -> dict[str, Any]:
    kind = path.suffix.removeprefix(".")
    return {
        "name": name,
        "path": path.name,
        "type": "file",
        "profile": "data-resource",
        "title": typographic(title),
        "description": table.description if table else typographic(title),
        "format": kind,
        "mediatype": MEDIA_TYPES[kind],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
    }


def _package(words: Words, about: Mapping[str, Any], house: House, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of ``datapackage.json``; demonstration data says so in its title."""
    told = words.package
    title = [said(told["title"], about), *([typographic(about["remark"])] if about["remark"] else [])]
    description = [said(told["description"], _sentence(about))]
    return {
        "profile": "data-package",
        "name": said(told["name"], about).lower(),
        "title": " – ".join(title),
        "description": " ".join([*description, *([typographic(house.demo["sentence"])] if about["demo"] else [])]),
        "version": about["vintage"],
        "created": about["published_at"],
        "languages": [told["language"]],
        "keywords": list(told["keywords"]),
        "licenses": [dict(words.licence)],
        "contributors": [{"title": told["publisher"], "role": "publisher"}],
        "resources": resources,
    }


def _head(words: Words, about: Mapping[str, Any], house: House) -> list[str]:
    """The first lines of the workbook's readme."""
    return [
        said(words.package["title"], about),
        *([typographic(house.demo["sentence"])] if about["demo"] else []),
        said(words.package["description"], _sentence(about)),
        *lines(words.readme["notes"], about),
        said(words.readme["licence"], words.licence),
    ]


def _sentence(about: Mapping[str, Any]) -> dict[str, Any]:
    label = about["vintage_label"]
    return {**about, "vintage_label": f"{label[:1].upper()}{label[1:]}"}


def _write_json(target: Path, content: Mapping[str, Any]) -> None:
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
