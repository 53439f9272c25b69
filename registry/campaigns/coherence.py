"""Whether a campaign holds together: its questionnaire, and what is computed and checked from its answers.

What makes the registry unusable is found on loading (`registry.checks`). What is found here leaves it usable:
a figure that would stay empty, two questions that a reader could not tell apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from core.spelling import folded
from registry.breaks import variables_under
from registry.campaigns.availability import Form
from registry.campaigns.binding import refused_expressions
from registry.campaigns.difference import difference_between
from registry.campaigns.files_beside import check_files_beside
from registry.campaigns.series import WHY_BROKEN
from registry.checks import with_derived_in_order
from registry.computed import Edit, Indicator
from registry.essentials import check_essentials
from registry.expressions import ExpressionError
from registry.faults import EXPRESSIONS, Fault, Problems, RegistryError
from registry.figures import FRAME_KINDS, Filled, filled_expressions, population_types
from registry.header_spellings import kobo_code, limesurvey_code
from registry.load import drafts_of, parsed_registry
from registry.model import SECTIONS, Question, Registry

_PARAMETER = re.compile(r":([a-z_][a-z0-9_]*)")


@dataclass
class Findings:
    """What is wrong with a campaign (`faults`), and what deserves a look without being wrong (`remarks`).

    `consequences`: faults that should go away with the others.
    """

    campaign: int
    faults: list[Fault] = field(default_factory=list)
    consequences: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)


def findings_of(folder: Path, campaign: int) -> Findings | None:
    """Every fault of the questionnaire of `campaign`, with those of the files that all campaigns share.

    The other drafts are left out. None when the campaign is not in campaigns.csv.
    """
    registry, problems = parsed_registry(folder, tuple(set(drafts_of(folder)) - {campaign}))
    remarks = Problems()
    check_files_beside(folder, problems)
    if registry is not None:
        if campaign not in registry.campaigns:
            return None
        check_essentials(registry, problems)
        _check_campaign(registry, campaign, problems)
        _check_forms(registry, campaign, problems, remarks)
        forms = [Form(registry, campaign, structure_type) for structure_type in registry.types_asked(campaign)]
        _check_formulas(registry, forms, problems)
        _check_cycles(registry, problems)
        _check_rules(registry, forms, problems, remarks)
        said = {fault.line for fault in problems.found if fault.file == "indicators.csv"}
        for indicator in registry.indicators:
            if campaign in indicator.campaigns and indicator.line not in said:
                _check_indicator(registry, indicator, {form.structure_type: form for form in forms}, problems, remarks)
        _check_parameters(registry, campaign, problems)
        refused_expressions(registry, campaign, problems)
        if not problems.faults:
            _look_at_series(registry, campaign, remarks)
    return Findings(campaign, problems.faults, problems.consequences, remarks.faults)


def _check_campaign(registry: Registry, campaign: int, problems: Problems) -> None:
    line = next(line for line in registry.campaign_list if line.campaign == campaign)
    for other in registry.campaign_list:
        if other.campaign != campaign and other.data_year == line.data_year:
            reason = f"l'année des données {line.data_year} est déjà celle de la campagne {other.campaign}"
            problems.add("campaigns.csv", line.line, reason, column="data_year")
    if not registry.questions_of(campaign):
        problems.add(f"crosswalk/{campaign}.csv", None, "aucune question : une ligne par question est attendue")


def _check_forms(registry: Registry, campaign: int, problems: Problems, remarks: Problems) -> None:
    """Each question can be told from the others of its form, and fits its variable."""
    names: dict[tuple[str, str], dict[str, Question]] = defaultdict(dict)
    orders: Counter[tuple[str, int]] = Counter()
    keys = {folded(text): key.code for key in registry.key_columns for text in (key.code, key.label_fr)}
    for question in registry.questions_of(campaign):
        code, label = question.question_code, question.question_label_fr
        labels = (label, *registry.labels_abroad(question).values())
        for name in {folded(text) for text in (code, limesurvey_code(code), kobo_code(code), *labels)}:
            same = names[question.structure_type, name].setdefault(question.question_code, question)
            first = next(iter(names[question.structure_type, name].values()))
            if first is not same:
                reason = (
                    f"{code} se lit comme {first.question_code} de la ligne {first.line} (même libellé ou même code, "
                    f"« {name} ») : changez l'un des deux"
                )
                problems.add(question.file, question.line, reason)
            if name in keys:
                reason = f"« {name} » est le nom de la colonne d'identification {keys[name]} : changez-le"
                problems.add(question.file, question.line, reason)
        variable = registry.variables.get(question.variable)
        if variable and question.section != variable.section:
            reason = f"« {question.section} », mais la variable {variable.variable} est dans « {variable.section} »"
            problems.add(question.file, question.line, reason, column="section")
        if variable and variable.section not in SECTIONS:
            reason = (
                f"la section « {variable.section} » n'a pas de table de faits ; attendu : {', '.join(sorted(SECTIONS))}"
            )
            problems.add("variables.csv", variable.line, reason, column="section")
        if variable and question.structure_type not in variable.structure_types:
            reason = (
                f"{variable.variable} n'est pas une variable des {question.structure_type} : ajoutez ce type à "
                f"structure_types dans variables.csv, ligne {variable.line}"
            )
            problems.add(question.file, question.line, reason, column="variable")
        orders[question.structure_type, question.order] += 1
        if orders[question.structure_type, question.order] > 1:
            reason = f"l'ordre {question.order} sert déjà dans ce formulaire"
            remarks.add(question.file, question.line, reason, column="order")


def _check_formulas(registry: Registry, forms: list[Form], problems: Problems) -> None:
    for form in forms[:1]:
        for derived in registry.derived_in(form.campaign):
            types = registry.formula_types(derived, form.campaign)
            computing = [other for other in forms if other.structure_type in types]
            if not computing or any(derived.variable in other.answered for other in computing):
                continue
            missing = sorted(set.intersection(*(set(other.unknown([derived.expression])) for other in computing)))
            asking = [other.structure_type for other in forms if other.structure_type not in types]
            where = str(form.campaign)
            if asking:
                where += f" pour {', '.join(types)} (elle est demandée aux {', '.join(asking)})"
            reason = f"{derived.variable} ne peut pas être calculée en {where} : {_neither(missing)}"
            problems.add("derived.csv", derived.line, reason, stage=EXPRESSIONS, about=missing)
            problems.lose([derived.variable])


def _check_cycles(registry: Registry, problems: Problems) -> None:
    try:
        with_derived_in_order(registry)
    except RegistryError as error:
        for fault in error.faults:
            problems.add(fault.file, fault.line, fault.reason, column=fault.column, stage=fault.stage)
    except ExpressionError:
        return


def _check_rules(registry: Registry, forms: list[Form], problems: Problems, remarks: Problems) -> None:
    campaign = forms[0].campaign if forms else 0
    earlier = _campaign_before(registry, campaign) or campaign
    before = [Form(registry, earlier, structure_type) for structure_type in registry.types_asked(earlier)]
    for edit in registry.edits.values():
        if edit.check == "intake":
            for variable in edit.scope:
                if forms and variable in registry.variables and not any(variable in form.answered for form in forms):
                    reason = f"{edit.rule} : {variable} n'est ni demandée ni calculée en {campaign}"
                    problems.add("edits.csv", edit.line, reason, column="scope", about=[variable])
        elif _falls_silent(edit, forms, before):
            missing = sorted(set.intersection(*(set(form.unknown([edit.expression])) for form in forms)))
            reason = f"{edit.rule} ne peut plus se déclencher en {forms[0].campaign} : {_neither(missing)}"
            remarks.add("edits.csv", edit.line, reason)


def _falls_silent(edit: Edit, forms: list[Form], before: list[Form]) -> bool:
    """Whether a rule that the answers `before` could raise is one that those of `forms` can't."""
    possible = [any(form.possible(edit.expression) for form in group) for group in (before, forms)]
    return possible == [True, False]


def _check_indicator(
    registry: Registry, indicator: Indicator, forms: dict[str, Form], problems: Problems, remarks: Problems
) -> None:
    """An indicator has what it is computed from, for each structure type that it is for. An item that it never had is
    not missed, nor is what breaks.csv says is no longer asked of one of the types."""
    if indicator.kind in FRAME_KINDS or not forms or _lacks_a_parameter(registry, indicator):
        return
    campaign = next(iter(forms.values())).campaign
    remedy = f"demandez-la dans crosswalk/{campaign}.csv, ou ôtez {campaign} des campagnes de cette ligne"

    def wrong(reason: str, about: list[str]) -> None:
        problems.add("indicators.csv", indicator.line, reason, stage=EXPRESSIONS, about=about)

    populations = [types for _, types in population_types(registry, indicator, campaign) if len(types) == 1]
    if not populations:
        reason = f"{indicator.indicator} : aucun formulaire {indicator.structure_types} en {campaign}"
        problems.add("indicators.csv", indicator.line, reason, column="structure_types")
    filled = {kind: _filled(registry, indicator, forms[kind]) for (kind,) in populations}
    alive = [kind for kind, lines in filled.items() if any(_computable(forms[kind], line) for line in lines)]
    for (structure_type,) in populations:
        form = forms[structure_type]
        where = f"{indicator.indicator} en {campaign} ({structure_type})"
        lines = filled[structure_type]
        empty = [line for line in lines if not _computable(form, line)]
        if structure_type not in alive:
            missing = form.unknown(_texts(empty))
            reason = _neither(missing) if lines else f"aucune question ne propose la liste {indicator.breakdown}"
            if alive and _declared_gone(registry, indicator, form):
                remarks.add("indicators.csv", indicator.line, f"{where} : {reason}")
                continue
            also = ", ou dites dans breaks.csv que ce formulaire ne la demande plus" if alive else ""
            wrong(f"{where} : {reason} ; {remedy}{also}", missing if lines else [indicator.breakdown])
            continue
        for line in empty:
            if _ever_computable(registry, indicator, form, line.choice):
                missing = form.unknown(line.texts)
                wrong(f"{where}, {line.choice} : {_neither(missing)} ; {remedy}", missing)
        without = form.unknown(_texts([line for line in lines if line not in empty]))
        if without:
            remarks.add("indicators.csv", indicator.line, f"{where} : calculé sans {', '.join(without)}")


def _declared_gone(registry: Registry, indicator: Indicator, form: Form) -> bool:
    """Whether breaks.csv says, of a variable that this form doesn't ask, that its series changes with this campaign."""
    gone = variables_under(registry, indicator) - form.answered
    return any(line.variable in gone and line.to_campaign == form.campaign for line in registry.breaks)


def _lacks_a_parameter(registry: Registry, indicator: Indicator) -> bool:
    """Whether an indicator can't be written out: loading says so already."""
    return not _parameters_of(indicator) <= set(registry.parameters)


def _parameters_of(indicator: Indicator) -> set[str]:
    texts = (indicator.numerator, indicator.denominator, indicator.base)
    return {name for text in texts for name in _PARAMETER.findall(text)}


def _filled(registry: Registry, indicator: Indicator, form: Form) -> list[Filled]:
    """The expressions of an indicator for the population of a form."""
    lines = filled_expressions(registry, indicator, form.campaign)
    return [line for line in lines if line.types == (form.structure_type,)]


def _computable(form: Form, line: Filled) -> bool:
    return form.possible(line.base) and form.computable(line.numerator, line.denominator)


def _ever_computable(registry: Registry, indicator: Indicator, form: Form, choice: str) -> bool:
    """Whether an item had what it needs in another campaign of the indicator."""
    others = (Form(registry, other, form.structure_type) for other in indicator.campaigns if other != form.campaign)
    return any(
        line.choice == choice and _computable(other, line)
        for other in others
        for line in _filled(registry, indicator, other)
    )


def _check_parameters(registry: Registry, campaign: int, problems: Problems) -> None:
    used = {
        name
        for indicator in registry.indicators
        if campaign in indicator.campaigns
        for name in _parameters_of(indicator)
    }
    lines = defaultdict(list)
    for parameter in registry.parameter_lines:
        lines[parameter.parameter].append(parameter)
    for name, given in sorted(lines.items()):
        of_campaign = [parameter for parameter in given if campaign in parameter.campaigns]
        if not of_campaign:
            use = "qui sert à un indicateur" if name in used else "une limite"
            reason = f"{name} ({use}) n'a pas de valeur pour {campaign} : ajoutez la campagne à une ligne"
            problems.add("parameters.csv", given[-1].line, reason, column="campaigns")
        for again in of_campaign[1:]:
            reason = f"{name} a déjà une valeur pour {campaign} à la ligne {of_campaign[0].line}"
            problems.add("parameters.csv", again.line, reason, column="campaigns")


def _look_at_series(registry: Registry, campaign: int, remarks: Problems) -> None:
    """The breaks with the campaign before that nobody declared."""
    before = _campaign_before(registry, campaign)
    if before is not None:
        for broken in difference_between(registry, before, campaign).series.undeclared:
            reason = (
                f"{broken.variable} n'est pas comparable avec {before} ({WHY_BROKEN[broken.kind]}), et aucune ligne ne "
                "le déclare"
            )
            remarks.add("breaks.csv", None, reason)


def _campaign_before(registry: Registry, campaign: int) -> int | None:
    return max((year for year in registry.campaigns if year < campaign), default=None)


def _texts(lines: list[Filled]) -> list[str]:
    return [text for line in lines for text in line.texts]


def _neither(columns: list[str]) -> str:
    """Why an expression is never known. Without missing column, it is its conditions that are never true."""
    if not columns:
        return "ses conditions ne sont jamais vraies"
    if len(columns) == 1:
        return f"{columns[0]} n'est ni demandée ni calculée"
    return f"{', '.join(columns)} ne sont ni demandées ni calculées"
