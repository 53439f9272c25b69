"""The codebook as a page; as a table, it is a resource like the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publication.documents.table_page import TablePage, TableSection
from publication.open_data.resources import Resource
from publication.open_data.words import lines, said


def codebook_page(codebook: Resource, words: Mapping[str, Any], about: Mapping[str, Any]) -> TablePage:
    """The codebook's rows by part; a part without rows isn't there. `words`: the `codebook` of ``open_data.yml``."""
    titles = {field["name"]: field.get("title", field["name"]) for field in codebook.fields}
    parts = codebook.text.partition_by("part", as_dict=True)
    sections = [
        TableSection(
            spec["heading"],
            (spec["text"],),
            [titles[column] for column in spec["columns"]],
            parts[(spec["part"],)].select(spec["columns"]).fill_null("").rows(),
            of_words=True,
        )
        for spec in words["sections"]
        if (spec["part"],) in parts
    ]
    return TablePage(
        kicker=words["kicker"],
        title=said(words["title"], about),
        edition=lines(words["edition"], about),
        sections=sections,
        demo=about["remark"],
        links=[tuple(link) for link in words["links"]],
    )
