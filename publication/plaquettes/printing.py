"""Plaquettes as PDF/UA-1, by Typst: tagged, with text alternatives, byte-identical for the same plaquette and day."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publication.documents.pdf import STANDARD, printable_node
from publication.drawing import palette
from publication.plaquettes import layout, measures
from publication.plaquettes.chart_drawing import drawn
from publication.plaquettes.measures import register_columns, register_row
from publication.plaquettes.model import Chart, FigureTable, Photo, Plaquette, Register
from publication.plaquettes.pictograms import pictograms
from publication.plaquettes.typeface import FONTS

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parent.parent / "templates" / "plaquette.typ"
COLOURS = ("ink", "muted", "teal", "deep_teal", "orange", "rust", "paper_tint", "rule", "indigo")
_PAGE_COUNT = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)")


class PlaquettePrinter:
    """Prints plaquettes one after the other: typeface and template are read once."""

    def __init__(self, published_on: dt.date, demo_sentence: str) -> None:
        """`published_on` is the only date that goes into the files."""
        self._style = json.dumps(
            {
                "colours": {name: getattr(palette, name.upper()) for name in COLOURS},
                "chapters": palette.CHAPTERS,
                "type": measures.TYPE,
                "space": measures.SPACE,
                "strip_gap": layout.STRIP_GAP,
                "papers": {name: dataclasses.asdict(paper) for name, paper in layout.PAPERS.items()},
                "pictograms": pictograms(),
                "date": [published_on.year, published_on.month, published_on.day],
                "demo_sentence": demo_sentence,
            }
        )  # fmt: skip

    @cached_property
    def _compiler(self) -> typst.Compiler:
        import typst

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        return typst.Compiler(TEMPLATE, font_paths=fonts)

    def pdf(self, plaquette: Plaquette) -> bytes:
        """The plaquette as PDF. Raises typst.TypstError when it can't be set, or lacks a text alternative."""
        content = json.dumps(printable_node(drawn_tree(plaquette)), ensure_ascii=False)
        printed = self._compiler.compile(
            format="pdf", pdf_standards=[STANDARD], sys_inputs={"plaquette": content, "style": self._style}
        )
        if not isinstance(printed, bytes):
            raise TypeError(f"one PDF expected, not {type(printed).__name__}")
        return printed


def page_count(pdf: bytes) -> int:
    """The pages that a printed PDF says it has."""
    return max((int(count) for count in _PAGE_COUNT.findall(pdf)), default=0)


def drawn_tree(node: Any) -> Any:
    """The model as plain data, with each chart's drawing and each list's lines."""
    if isinstance(node, tuple | list):
        return [drawn_tree(child) for child in node]
    if not dataclasses.is_dataclass(node) or isinstance(node, type):
        return node
    tree = {field.name: drawn_tree(getattr(node, field.name)) for field in dataclasses.fields(node)}
    if isinstance(node, Chart):
        tree["svg"] = drawn(node)
    if isinstance(node, Photo):
        tree["content"] = list(base64.b64decode(node.content))
    if isinstance(node, FigureTable):
        tree["head"] = measures.table_head(node)
        tree["wide"] = len(node.header) > measures.WIDE
    if isinstance(node, Register):
        tree["row"] = register_row(node)
        groups = register_columns(node, measures.PAGE_WIDTH)
        tree["shared_out"] = [[[rank for rank, _ in column] for column in group] for group in groups]
        tree["head_row"], tree["group_gap"] = measures.HEAD_ROWS * tree["row"], measures.GROUP_ROWS * tree["row"]
    return tree
