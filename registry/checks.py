"""What must hold between the files of the registry, for it to be used at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from registry.computed import Derived, Indicator
from registry.expressions import ExpressionError, columns_of, has_aggregate
from registry.faults import EXPRESSIONS, REFERENCES, Problems, instead_of, likely, quoted
from registry.figures import FRAME_KINDS, filled_expressions
from registry.guard_settings import check_guards
from registry.model import CHOICE_TYPES, DRAFT, SECTIONS, Question, Registry
from registry.nonresponse_checks import check_nonresponse
from registry.wide import wide_columns

CONTEXT_COLUMNS = frozenset({"campaign", "structure_type", "siret_valid"})
FRAME_COLUMNS = frozenset(
    {"agreed", "solicited", "responded", "fcsf_member", "network_member", "management_mode", "structure_type"}
)
FRAME_CONTEXT = frozenset({"frame_first_agreement_date", "frame_management_mode"})
PREVIOUS, SAME_MANAGER = "prev_", "same_manager_"


def check(registry: Registry, problems: Problems) -> None:
    """Report to `problems` every line that contradicts another one."""
    problems.spread(_reads_of_formulas(registry))
    _check_campaigns(registry, problems)
    _check_variables(registry, problems)
    _check_questions(registry, problems)
    _check_derived(registry, problems)
    _check_edits(registry, problems)
    _check_indicators(registry, problems)
    _check_keys_and_breaks(registry, problems)
    _check_territories(registry, problems)
    _check_translations(registry, problems)
    check_guards(registry, problems)
    check_nonresponse(registry, problems)
    problems.spread(_reads_of_formulas(registry))


def _reads_of_formulas(registry: Registry) -> dict[str, set[str]]:
    read_by: dict[str, set[str]] = {}
    for derived in registry.derived:
        try:
            read_by.setdefault(derived.variable, set()).update(columns_of(derived.expression))
        except ExpressionError:
            continue
    return read_by


def with_derived_in_order(registry: Registry) -> Registry:
    """The registry with `derived` sorted so that each line only uses earlier ones (and answers)."""
    ordered: list[Derived] = []
    waiting = list(registry.derived)
    while waiting:
        names = {derived.variable for derived in waiting}
        ready = [derived for derived in waiting if not (columns_of(derived.expression) - {derived.variable}) & names]
        if not ready:
            reason = f"{', '.join(sorted(names))} : ces formules se calculent l'une par l'autre ; défaites la boucle"
            problems = Problems()
            problems.add("derived.csv", waiting[0].line, reason, column="expression", stage=EXPRESSIONS)
            problems.raise_if_any()
        ordered += ready
        waiting = [derived for derived in waiting if derived not in ready]
    return dataclasses.replace(registry, derived=tuple(ordered))


def _check_campaigns(registry: Registry, problems: Problems) -> None:
    for campaign in registry.campaign_list:
        if campaign.data_year > campaign.campaign:
            reason = f"l'année des données {campaign.data_year} est après la campagne {campaign.campaign}"
            problems.add("campaigns.csv", campaign.line, reason, column="data_year")
        if campaign.opens_on and campaign.closes_on and campaign.closes_on < campaign.opens_on:
            reason = f"la campagne ferme le {campaign.closes_on:%d/%m/%Y}, avant d'ouvrir"
            problems.add("campaigns.csv", campaign.line, reason, column="closes_on")


def _check_variables(registry: Registry, problems: Problems) -> None:
    for variable in registry.variables.values():
        is_choice = variable.type in CHOICE_TYPES
        if is_choice and variable.choices not in registry.choices_of:
            reason = f"la liste « {variable.choices} » n'est pas dans choices.csv"
            reason += instead_of(variable.choices, registry.choices_of)
            problems.add("variables.csv", variable.line, reason, column="choices", about=[variable.choices])
        if not is_choice and variable.choices:
            reason = f"une variable {variable.type} n'a pas de liste de modalités : videz la cellule"
            problems.add("variables.csv", variable.line, reason, column="choices")


def _check_questions(registry: Registry, problems: Problems) -> None:
    kinds = {kind.structure_type for kind in registry.structure_types}
    campaigns = {campaign.campaign: campaign for campaign in registry.campaign_list}
    seen: dict[tuple[int, str, str], int] = {}
    for question in registry.questions:
        campaign = campaigns[question.campaign]

        def wrong(column: str, reason: str, question: Question = question, about: str = "") -> None:
            problems.add(question.file, question.line, reason, column=column, about=[about] if about else ())

        if question.data_year != campaign.data_year:
            wrong("data_year", f"{question.data_year}, mais campaigns.csv dit {campaign.data_year}")
        if question.structure_type not in kinds:
            known = ", ".join(sorted(kinds))
            wrong(
                "structure_type",
                f"le type « {question.structure_type} » n'est pas dans structure_types.csv (connus : {known})",
            )
        variable = registry.variables.get(question.variable)
        if variable is None:
            near = instead_of(question.variable, registry.variables)
            wrong(
                "variable",
                f"« {question.variable} » n'est pas dans variables.csv{near} : ajoutez-la ou corrigez son nom",
                about=question.variable,
            )
            problems.lose([likely(question.variable, registry.variables)])
            continue
        if question.type != variable.type:
            wrong("type", f"« {question.type} », mais la variable {variable.variable} est de type « {variable.type} »")
        if question.choices != variable.choices:
            wrong(
                "choices",
                f"« {question.choices} », mais la variable {variable.variable} a la liste « {variable.choices} »",
            )
        if campaign.state == DRAFT and variable.section not in SECTIONS:
            wrong("variable", f"la section « {variable.section} » de {variable.variable} n'a pas de table de faits")
        key = (question.campaign, question.structure_type, question.variable)
        if key in seen:
            wrong("variable", f"{question.variable} est déjà demandée à la ligne {seen[key]}")
        seen.setdefault(key, question.line)
        _check_options(registry, question, problems)


def _check_options(registry: Registry, question: Question, problems: Problems) -> None:
    def wrong(reason: str) -> None:
        problems.add(question.file, question.line, reason, column="options")

    known = {choice.code for choice in registry.choices_of.get(question.choices, [])}
    unknown = [option for option in question.options if option not in known]
    if question.choices and unknown:
        near = "".join(instead_of(option, known) for option in unknown[:1])
        wrong(f"modalité(s) {quoted(unknown)} absente(s) de la liste « {question.choices} » de choices.csv{near}")
    if len(set(question.options)) < len(question.options):
        wrong("une modalité est proposée deux fois")
    if question.type in CHOICE_TYPES and not question.options:
        wrong("une question à choix a besoin de modalités : leurs codes, séparés par |")
    if question.type not in CHOICE_TYPES and question.options:
        wrong(f"une question de type {question.type} n'a pas de modalités : videz la cellule")


def _check_derived(registry: Registry, problems: Problems) -> None:
    known = {column.column for column in wide_columns(registry)} | CONTEXT_COLUMNS
    seen: dict[tuple[int, str, str], Derived] = {}
    first: dict[str, Derived] = {}
    for derived in registry.derived:
        if _check_columns("derived.csv", derived.line, derived.expression, known, problems):
            problems.lose([derived.variable])
        one = first.setdefault(derived.variable, derived)
        if (one.type, one.section, one.unit) != (derived.type, derived.section, derived.unit):
            reason = f"{derived.variable} a un autre type, une autre section ou une autre unité à la ligne {one.line}"
            problems.add("derived.csv", derived.line, reason)
        for campaign in derived.campaigns:
            for reason in _wrong_types(registry, derived, campaign):
                problems.add("derived.csv", derived.line, reason, column="campaigns")
            for kind in registry.formula_types(derived, campaign):
                other = seen.setdefault((campaign, derived.variable, kind), derived)
                if other is not derived:
                    reason = f"{derived.variable} est déjà calculée en {campaign} à la ligne {other.line} ({kind})"
                    problems.add("derived.csv", derived.line, reason, column="campaigns")


def _wrong_types(registry: Registry, derived: Derived, campaign: int) -> Iterator[str]:
    """Why a formula can't compute its variable for its structure types in a campaign."""
    asking = [
        question.structure_type for question in registry.questions_of(campaign) if question.variable == derived.variable
    ]
    types = registry.types_asked(campaign)
    named = derived.structure_types or tuple(types)
    if asking and set(named) <= set(asking):
        who = ", ".join(asking)
        yield f"{derived.variable} est déjà demandée en {campaign} ({who}) : enlevez la question ou cette formule"
    elif derived.structure_types and set(named) & set(asking):
        both = ", ".join(kind for kind in named if kind in asking)
        yield f"{derived.variable} est déjà demandée en {campaign} ({both}) : ôtez ce type de structure_types"
    unknown = [kind for kind in derived.structure_types if kind not in types] if types else []
    if unknown:
        yield f"structure_types : aucun formulaire {quoted(unknown)} en {campaign} (il y a {', '.join(types)})"


def _check_edits(registry: Registry, problems: Problems) -> None:
    columns = {column.column for column in wide_columns(registry)}
    known = columns | CONTEXT_COLUMNS | FRAME_CONTEXT
    known |= {f"{prefix}{column}" for column in columns for prefix in (PREVIOUS, SAME_MANAGER)}
    for edit in registry.edits.values():
        unknown = [name for name in edit.scope if name not in columns | registry.waiting]
        names_variables = edit.check == "sql" or len(unknown) < len(edit.scope)
        if unknown and names_variables:
            reason = f"variable(s) {quoted(unknown)} que rien ne demande ni ne calcule"
            reason += "".join(instead_of(name, columns) for name in unknown[:1])
            problems.add("edits.csv", edit.line, reason, column="scope", about=unknown)
        if edit.check == "sql":
            _check_columns("edits.csv", edit.line, edit.expression, known, problems)
            if edit.severity == "fatal" and edit.rejects not in columns:
                reason = (
                    f"la variable « {edit.rejects} » n'est ni demandée ni calculée{instead_of(edit.rejects, columns)}"
                )
                problems.add("edits.csv", edit.line, reason, column="rejects", about=[edit.rejects])


def _check_indicators(registry: Registry, problems: Problems) -> None:
    columns = {column.column for column in wide_columns(registry)} | CONTEXT_COLUMNS | registry.waiting
    kinds = {kind.structure_type for kind in registry.structure_types}
    for indicator in registry.indicators:

        def wrong(column: str, reason: str, indicator: Indicator = indicator, stage: int = REFERENCES) -> None:
            problems.add("indicators.csv", indicator.line, reason, column=column, stage=stage)

        if indicator.breakdown != "none" and indicator.breakdown not in registry.choices_of:
            near = instead_of(indicator.breakdown, registry.choices_of)
            wrong(
                "breakdown", f"la liste « {indicator.breakdown} » n'est pas dans choices.csv{near} ; none : sans détail"
            )
            continue
        if indicator.structure_types not in kinds | {"both"}:
            wrong("structure_types", f"« {indicator.structure_types} » n'est ni both ni un type de structure_types.csv")
        known = FRAME_COLUMNS if indicator.kind in FRAME_KINDS else columns
        texts: set[str] = set()
        try:
            for campaign in indicator.campaigns:
                for filled in filled_expressions(registry, indicator, campaign):
                    texts.update(filled.texts)
                    if not has_aggregate(filled.numerator):
                        reason = f"« {filled.numerator} » n'agrège rien : écrivez SUM(…), COUNT(…), AVG(…)"
                        wrong("numerator", reason, stage=EXPRESSIONS)
        except ExpressionError as error:
            wrong("", str(error), stage=EXPRESSIONS)
        told: set[str] = set()
        for text in sorted(texts):
            told |= _check_columns("indicators.csv", indicator.line, text, known | told, problems)


def _check_keys_and_breaks(registry: Registry, problems: Problems) -> None:
    known = {column.column for column in wide_columns(registry)} | set(registry.variables) | registry.waiting
    for declared in registry.breaks:
        unknown = [name for name in (declared.variable, *declared.related) if name not in known]
        if unknown:
            reason = f"variable(s) {quoted(unknown)} inconnue(s){instead_of(unknown[0], known)}"
            problems.add("breaks.csv", declared.line, reason, about=unknown)
        if declared.from_campaign >= declared.to_campaign:
            reason = "from_campaign doit être avant to_campaign"
            problems.add("breaks.csv", declared.line, reason, column="from_campaign")
        for campaign in (declared.from_campaign, declared.to_campaign):
            if campaign not in (*registry.campaigns, *registry.left_out):
                problems.add("breaks.csv", declared.line, f"la campagne {campaign} n'est pas dans campaigns.csv")
    for key in registry.key_columns:
        if key.fallback_variable and key.fallback_variable not in registry.variables:
            reason = f"{key.code} : la variable « {key.fallback_variable} » n'est pas dans variables.csv"
            reason += instead_of(key.fallback_variable, registry.variables)
            problems.add("key_columns.csv", None, reason, column="fallback_variable", about=[key.fallback_variable])


def _check_territories(registry: Registry, problems: Problems) -> None:
    levels = {str(level["level"]) for level in registry.territory_levels}
    for territory in registry.territories:
        if territory.level not in levels:
            reason = f"le niveau « {territory.level} » n'est pas dans territory_levels.csv"
            reason += instead_of(territory.level, levels)
            problems.add("territories.csv", territory.line, reason, column="level", about=[territory.level])
    known = {territory.territory_id for territory in registry.territories}
    for member in registry.territory_members:
        if member.territory_id not in known:
            reason = f"le territoire « {member.territory_id} » n'est pas dans territories.csv"
            reason += instead_of(member.territory_id, known)
            problems.add(
                "territory_members.csv", member.line, reason, column="territory_id", about=[member.territory_id]
            )


def _check_translations(registry: Registry, problems: Problems) -> None:
    asked: dict[str, list[Question]] = {}
    for question in registry.questions:
        asked.setdefault(question.question_code, []).append(question)
    for line in registry.translations:
        if line.campaign is not None and line.campaign not in registry.campaigns:
            reason = f"la campagne {line.campaign} n'est pas dans campaigns.csv"
            problems.add("translations.csv", line.line, reason, column="campaign")
            continue
        named = [one for one in asked.get(line.question_code, []) if line.campaign in (None, one.campaign)]
        if not named:
            reason = f"la question « {line.question_code} » n'est pas posée{instead_of(line.question_code, asked)}"
            problems.add("translations.csv", line.line, reason, column="question_code", about=[line.question_code])
        elif line.option and not any(line.option in question.options for question in named):
            reason = f"« {line.option} » n'est pas une modalité de la question {line.question_code}"
            problems.add("translations.csv", line.line, reason, column="option")


def _check_columns(file: str, line: int, text: str, known: set[str] | frozenset[str], problems: Problems) -> set[str]:
    """The columns of an expression that are not known, reported; the expression itself when it is none."""
    try:
        unknown = columns_of(text) - known
    except ExpressionError as error:
        problems.add(file, line, str(error), stage=EXPRESSIONS)
        return {text}
    if unknown:
        names = sorted(unknown)
        near = "".join(instead_of(name, known) for name in names[:1])
        reason = f"{quoted(names)} : rien ne le demande ni ne le calcule{near}, dans « {text} »"
        problems.add(file, line, reason, stage=EXPRESSIONS, about=names)
    return unknown
