"""What acknowledged_columns.csv decided about the columns of a sender: those that stand for a question."""

from __future__ import annotations

from core.spelling import folded
from ingest.returns.headers import HeaderIndex
from ingest.returns.layout import Header
from registry.model import Registry

MAP = "map"


def mapped_headers(registry: Registry, campaign: int, sender: str) -> dict[str, str]:
    """The question code by folded header; a line for the sender comes before a line for all."""
    lines = [line for line in registry.acknowledged if line.campaign == campaign and line.decision == MAP]
    ours = sorted((line for line in lines if line.sender in ("", sender)), key=lambda line: bool(line.sender))
    return {folded(line.header): line.question_code for line in ours}


def settled(header: Header, mapped: dict[str, str], index: HeaderIndex) -> Header:
    """The header, with the question that it was mapped to where the questionnaire doesn't know it."""
    code = None if header.targets else mapped.get(folded(header.text))
    return header if code is None else Header(header.row, header.column, header.text, index.targets(code))
