"""Questionnaires with a campaign 2020, and the few ways in which a person changes one."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.home import PROJECT_ROOT
from registry.campaigns import findings_of, new_campaign
from registry.campaigns.csv_lines import read_csv_lines

CROSSWALK = "crosswalk/2020.csv"
VARIABLES = [
    "income_dep_running,finances,CS,money,EUR,,0,5000000,false,mart,Département : fonctionnement,",
    "income_dep_projects,finances,CS,money,EUR,,0,5000000,false,mart,Département : projets,",
    "publics_0_10,publics,CS,integer,persons,,0,6000,false,mart,Enfants de 0 à 10 ans accueillis,",
    "persons_received,publics,CS+EVS,integer,persons,,0,20000,false,mart,Personnes reçues,",
    "digital_workshops,actions,CS,integer,actions,,0,500,false,mart,Ateliers numériques,",
]
FORMULAS = [
    "income_departement,2020,income_dep_running + income_dep_projects,finances,money,EUR,Financement du Département,",
    "publics_0_10,2017;2019,publics_0_3 + publics_4_10,publics,integer,persons,Enfants de 0 à 10 ans accueillis,",
]
NOT_ASKED = (
    "rights_informed_total",
    "publics_by_age_2019",
    "publics_by_age_2019_share",
    "persons_welcomed_total",
    "persons_welcomed_mean",
)


def with_2020(folder: Path) -> Path:
    """A copy of the registry in `folder`, with a campaign 2020 made from 2019."""
    copy = Path(shutil.copytree(PROJECT_ROOT / "questionnaires", folder / "questionnaires"))
    new_campaign(copy, 2020, 2019)
    return copy


def reshape(folder: Path) -> Path:
    """2020 with a question reworded and renumbered, one split, two merged, one renamed, one dropped, one added, options
    changed, one made compulsory, one moved. The indicators of what is gone are not taken out."""
    edit(folder, CROSSWALK, "Q5.01,Bénévoles dans les instances", "Q5.10,Personnes bénévoles dans les instances")
    edit(folder, CROSSWALK, "volunteer_hours,decimal,,,false", "volunteer_hours,decimal,,,true")
    edit(folder, CROSSWALK, "|digital|ecology,", "|ecology|local_economy,")
    edit(folder, CROSSWALK, "family_referent,boolean,,,false,25,", "family_referent,boolean,,,false,31,")
    for order in (38, 23):
        edit(
            folder,
            CROSSWALK,
            f",persons_welcomed,integer,,,false,{order}",
            f",persons_received,integer,,,false,{order}",
        )
    for start in ("rights,Q3.07", "core,Q9.05", "core,Q4.01", "core,Q4.02"):
        drop(folder, CROSSWALK, f"2020,2019,CS,{start},")
    add(
        folder,
        CROSSWALK,
        asked("Q9.051", "Produits : Département, fonctionnement", "income_dep_running", "money", 63, "finances"),
        asked("Q9.052", "Produits : Département, projets", "income_dep_projects", "money", 63, "finances"),
        asked("Q4.01", "Nombre de personnes accueillies : 0-10 ans", "publics_0_10", "integer", 32, "publics"),
        asked("Q3.10", "Ateliers numériques", "digital_workshops", "integer", 30, "actions"),
    )
    add(folder, "variables.csv", *VARIABLES)
    add(folder, "derived.csv", *FORMULAS)
    add(folder, "breaks.csv", "persons_welcomed,2019,2020,persons_received,autre comptage,équipe,2020-01-15")
    return folder


def settle(folder: Path) -> Path:
    """2020 taken out of the indicators whose questions it no longer asks."""
    lines = read_csv_lines(folder / "indicators.csv")
    for line in lines.lines:
        if lines.cell(line, "indicator") in NOT_ASKED:
            lines.change(line, "campaigns", lines.cell(line, "campaigns").replace(";2020", ""))
    lines.write(folder / "indicators.csv")
    return folder


def asked(code: str, label: str, variable: str, kind: str, order: int, section: str) -> str:
    """A line of the crosswalk of 2020."""
    return f'2020,2019,CS,core,{code},"{label}",{variable},{kind},,,false,{order},{section}'


def indicator(name: str, numerator: str, campaigns: str) -> str:
    """A line of indicators.csv."""
    base = "respondents to the question"
    return f"{name},actions,Libellé,actions,sum,{numerator},,,{base},none,0,half_up,CS,{campaigns},"


def rule(name: str, scope: str, expression: str) -> str:
    """A line of edits.csv."""
    return f"{name},confirm,sql,{scope},{expression},none,Message.,émetteur,Vérifier."


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def drop(folder: Path, file: str, start: str) -> None:
    path = folder / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines), start
    path.write_text("".join(kept), encoding="utf-8")


def add(folder: Path, file: str, *lines: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def faults(folder: Path, campaign: int = 2020) -> list[str]:
    """What `senacs campaign check` refuses."""
    findings = findings_of(folder, campaign)
    assert findings is not None
    return [str(fault) for fault in findings.faults]
