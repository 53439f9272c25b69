"""The edit report as a page that works offline and prints well."""

from __future__ import annotations

from html import escape

from ingest.corrections.report_layout import TITLE
from ingest.corrections.report_lines import Report, ReportLine

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#1d2b2e;margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{color:#00525c;margin:0 0 .3rem}h2{color:#00525c;margin:2rem 0 .5rem}p{max-width:60rem}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{border-bottom:1px solid #d5dfe1;padding:.4rem .5rem;
text-align:left;vertical-align:top}th{background:#00525c;color:#fff}td.raw{font-weight:600}td.before{color:#56666a}
.fatal{color:#a33b00;font-weight:600}tr{break-inside:avoid}
@media print{body{margin:0;max-width:none;font-size:10px}table{font-size:9px}thead{display:table-header-group}
@page{size:A4 landscape;margin:12mm}}
"""
HEADERS = ("Gravité", "Structure", "Question", "Valeur lue", "Campagne précédente", "Où", "Pourquoi", "Que faire")


def page(report: Report) -> str:
    """The report as HTML, in French; self-contained."""
    structures = len({line.structure_id for line in report.lines if line.structure_id})
    summary = (
        f"{len(report.lines)} point(s) à décider, sur {structures} structure(s)."
        if report.lines
        else "Aucun point à décider : merci."
    )
    parts = [
        "<!doctype html><html lang='fr'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>{escape(_title(report))}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{escape(_title(report))}</h1><p>{summary} Répondez dans le classeur joint, puis renvoyez-le.</p>",
    ]
    if report.lines:
        parts += ["<h2>À décider</h2>", _table(report.lines)]
    if report.notes:
        parts += ["<h2>Pour information</h2>", _table(report.notes)]
    return "".join([*parts, "</main></body></html>\n"])


def _title(report: Report) -> str:
    return f"{TITLE} {report.campaign} – {report.sender}"


def _table(lines: list[ReportLine]) -> str:
    head = "".join(f"<th scope='col'>{name}</th>" for name in HEADERS)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, lines))}</tbody></table>"


def _row(line: ReportLine) -> str:
    where = ", ".join(part for part in (line.file.rsplit("/", 1)[-1], line.sheet, line.cell) if part)
    structure = f"{escape(line.structure_id)}<br>{escape(line.name)}" if line.structure_id else ""
    question = f"{escape(line.question_code)}<br>{escape(line.question_label)}" if line.question_code else ""
    severity = "fatal" if line.severity.startswith("À corriger") else "confirm"
    return (
        f"<tr><td class='{severity}'>{escape(line.severity)}</td><td>{structure}</td><td>{question}</td>"
        f"<td class='raw'>{escape(line.raw)}</td><td class='before'>{escape(line.previous)}</td>"
        f"<td>{escape(where)}</td>"
        f"<td>{escape(line.why)} <small>({escape(line.rule)})</small></td><td>{escape(line.next_step)}</td></tr>"
    )
