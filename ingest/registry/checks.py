"""What must hold between the files of the registry, for it to be used at all."""

from __future__ import annotations

import dataclasses

from ingest.registry.computed import Derived, Indicator
from ingest.registry.expressions import ExpressionError, columns_of, has_aggregate
from ingest.registry.figures import FRAME_KINDS, filled_expressions
from ingest.registry.guard_settings import check_guards
from ingest.registry.model import CHOICE_TYPES, DRAFT, SECTIONS, Question, Registry
from ingest.registry.nonresponse_checks import check_nonresponse
from ingest.registry.tables import Problems
from ingest.registry.wide import wide_columns

CONTEXT_COLUMNS = frozenset({"campaign", "structure_type", "siret_valid"})
FRAME_COLUMNS = frozenset(
    {"agreed", "solicited", "responded", "fcsf_member", "network_member", "management_mode", "structure_type"}
)
FRAME_CONTEXT = frozenset({"frame_first_agreement_date", "frame_management_mode"})
PREVIOUS, SAME_MANAGER = "prev_", "same_manager_"


def check(registry: Registry, problems: Problems) -> None:
    """Report to `problems` every line that contradicts another one."""
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


def with_derived_in_order(registry: Registry) -> Registry:
    """The registry with `derived` sorted so that each line only uses earlier ones (and answers)."""
    ordered: list[Derived] = []
    waiting = list(registry.derived)
    while waiting:
        names = {derived.variable for derived in waiting}
        ready = [derived for derived in waiting if not (columns_of(derived.expression) - {derived.variable}) & names]
        if not ready:
            reason = f"{', '.join(sorted(names))} depend on each other"
            problems = Problems()
            problems.add("derived.csv", waiting[0].line, reason)
            problems.raise_if_any()
        ordered += ready
        waiting = [derived for derived in waiting if derived not in ready]
    return dataclasses.replace(registry, derived=tuple(ordered))


def _check_campaigns(registry: Registry, problems: Problems) -> None:
    for campaign in registry.campaign_list:
        if campaign.data_year > campaign.campaign:
            problems.add("campaigns.csv", campaign.line, f"data_year {campaign.data_year} is after {campaign.campaign}")
        if campaign.opens_on and campaign.closes_on and campaign.closes_on < campaign.opens_on:
            problems.add("campaigns.csv", campaign.line, f"closes on {campaign.closes_on}, before it opens")


def _check_variables(registry: Registry, problems: Problems) -> None:
    for variable in registry.variables.values():
        is_choice = variable.type in CHOICE_TYPES
        if is_choice and variable.choices not in registry.choices_of:
            problems.add("variables.csv", variable.line, f"choices: list {variable.choices!r} is not in choices.csv")
        if not is_choice and variable.choices:
            problems.add("variables.csv", variable.line, f"choices: {variable.type} variable has no list of choices")


def _check_questions(registry: Registry, problems: Problems) -> None:
    kinds = {kind.structure_type for kind in registry.structure_types}
    campaigns = {campaign.campaign: campaign for campaign in registry.campaign_list}
    seen: dict[tuple[int, str, str], int] = {}
    for question in registry.questions:
        campaign = campaigns[question.campaign]

        def wrong(reason: str, question: Question = question) -> None:
            problems.add(question.file, question.line, reason)

        if question.data_year != campaign.data_year:
            wrong(f"data_year {question.data_year}, but campaigns.csv says {campaign.data_year}")
        if question.structure_type not in kinds:
            wrong(f"structure type {question.structure_type!r} is not in structure_types.csv")
        variable = registry.variables.get(question.variable)
        if variable is None:
            wrong(f"variable {question.variable!r} is not in variables.csv")
            continue
        if question.type != variable.type:
            wrong(f"type {question.type!r}, but variable {variable.variable} is {variable.type!r}")
        if question.choices != variable.choices:
            wrong(f"choices {question.choices!r}, but variable {variable.variable} has {variable.choices!r}")
        if campaign.state == DRAFT and variable.section not in SECTIONS:
            wrong(f"section {variable.section!r} of {variable.variable} is in no fact table of the marts")
        key = (question.campaign, question.structure_type, question.variable)
        if key in seen:
            wrong(f"{question.variable} is already asked on line {seen[key]}")
        seen.setdefault(key, question.line)
        _check_options(registry, question, problems)


def _check_options(registry: Registry, question: Question, problems: Problems) -> None:
    known = {choice.code for choice in registry.choices_of.get(question.choices, [])}
    unknown = [option for option in question.options if option not in known]
    if question.choices and unknown:
        reason = f"option(s) {', '.join(unknown)} not in list {question.choices!r}"
        problems.add(question.file, question.line, reason)
    if len(set(question.options)) < len(question.options):
        problems.add(question.file, question.line, "an option is offered twice")
    if question.type in CHOICE_TYPES and not question.options:
        problems.add(question.file, question.line, "a choice question needs options")
    if question.type not in CHOICE_TYPES and question.options:
        problems.add(question.file, question.line, f"a {question.type} question has no options")


def _check_derived(registry: Registry, problems: Problems) -> None:
    known = {column.column for column in wide_columns(registry)} | CONTEXT_COLUMNS
    asked = {(question.campaign, question.variable) for question in registry.questions}
    seen: dict[tuple[int, str], Derived] = {}
    first: dict[str, Derived] = {}
    for derived in registry.derived:
        _check_columns("derived.csv", derived.line, derived.expression, known, problems)
        one = first.setdefault(derived.variable, derived)
        if (one.type, one.section, one.unit) != (derived.type, derived.section, derived.unit):
            reason = f"{derived.variable} has another type, section or unit on line {one.line}"
            problems.add("derived.csv", derived.line, reason)
        for campaign in derived.campaigns:
            if (campaign, derived.variable) in asked:
                problems.add("derived.csv", derived.line, f"{derived.variable} is asked in {campaign}")
            if (campaign, derived.variable) in seen:
                other = seen[campaign, derived.variable].line
                problems.add(
                    "derived.csv", derived.line, f"{derived.variable} is already derived in {campaign} on line {other}"
                )
            seen.setdefault((campaign, derived.variable), derived)


def _check_edits(registry: Registry, problems: Problems) -> None:
    columns = {column.column for column in wide_columns(registry)}
    known = columns | CONTEXT_COLUMNS | FRAME_CONTEXT
    known |= {f"{prefix}{column}" for column in columns for prefix in (PREVIOUS, SAME_MANAGER)}
    for edit in registry.edits.values():
        unknown = [name for name in edit.scope if name not in columns | registry.waiting]
        names_variables = edit.check == "sql" or len(unknown) < len(edit.scope)
        if unknown and names_variables:
            names = ", ".join(map(repr, unknown))
            problems.add("edits.csv", edit.line, f"scope: variable(s) {names} not in the registry")
        if edit.check == "sql":
            _check_columns("edits.csv", edit.line, edit.expression, known, problems)
            if edit.severity == "fatal" and edit.rejects not in columns:
                problems.add("edits.csv", edit.line, f"rejects: variable {edit.rejects!r} is not in the registry")


def _check_indicators(registry: Registry, problems: Problems) -> None:
    columns = {column.column for column in wide_columns(registry)} | CONTEXT_COLUMNS | registry.waiting
    kinds = {kind.structure_type for kind in registry.structure_types}
    for indicator in registry.indicators:

        def wrong(reason: str, indicator: Indicator = indicator) -> None:
            problems.add("indicators.csv", indicator.line, reason)

        if indicator.breakdown != "none" and indicator.breakdown not in registry.choices_of:
            wrong(f"breakdown {indicator.breakdown!r} is not in choices.csv")
            continue
        if indicator.structure_types not in kinds | {"both"}:
            wrong(f"structure_types {indicator.structure_types!r} is neither both nor in structure_types.csv")
        known = FRAME_COLUMNS if indicator.kind in FRAME_KINDS else columns
        texts: set[str] = set()
        try:
            for campaign in indicator.campaigns:
                for filled in filled_expressions(registry, indicator, campaign):
                    texts.update(filled.texts)
                    if not has_aggregate(filled.numerator):
                        wrong(f"the numerator is not an aggregate: {filled.numerator!r}")
        except ExpressionError as error:
            wrong(str(error))
        for text in sorted(texts):
            _check_columns("indicators.csv", indicator.line, text, known, problems)


def _check_keys_and_breaks(registry: Registry, problems: Problems) -> None:
    known = {column.column for column in wide_columns(registry)} | set(registry.variables) | registry.waiting
    for declared in registry.breaks:
        unknown = [name for name in (declared.variable, *declared.related) if name not in known]
        if unknown:
            problems.add("breaks.csv", declared.line, f"variable(s) {', '.join(unknown)} not in the registry")
        if declared.from_campaign >= declared.to_campaign:
            problems.add("breaks.csv", declared.line, "from_campaign must be before to_campaign")
        for campaign in (declared.from_campaign, declared.to_campaign):
            if campaign not in (*registry.campaigns, *registry.left_out):
                problems.add("breaks.csv", declared.line, f"campaign {campaign} is not in campaigns.csv")
    for key in registry.key_columns:
        if key.fallback_variable and key.fallback_variable not in registry.variables:
            problems.add("key_columns.csv", None, f"variable {key.fallback_variable!r} is not in variables.csv")


def _check_territories(registry: Registry, problems: Problems) -> None:
    levels = {str(level["level"]) for level in registry.territory_levels}
    for territory in registry.territories:
        if territory.level not in levels:
            problems.add("territories.csv", territory.line, f"level {territory.level!r} is not in territory_levels.csv")
    known = {territory.territory_id for territory in registry.territories}
    for member in registry.territory_members:
        if member.territory_id not in known:
            problems.add(
                "territory_members.csv", member.line, f"territory {member.territory_id!r} is not in territories.csv"
            )


def _check_translations(registry: Registry, problems: Problems) -> None:
    asked: dict[str, list[Question]] = {}
    for question in registry.questions:
        asked.setdefault(question.question_code, []).append(question)
    for line in registry.translations:
        if line.campaign is not None and line.campaign not in registry.campaigns:
            problems.add("translations.csv", line.line, f"campaign {line.campaign} is not in campaigns.csv")
            continue
        named = [one for one in asked.get(line.question_code, []) if line.campaign in (None, one.campaign)]
        if not named:
            problems.add("translations.csv", line.line, f"question {line.question_code!r} is not asked")
        elif line.option and not any(line.option in question.options for question in named):
            reason = f"option {line.option!r} is not one of question {line.question_code}"
            problems.add("translations.csv", line.line, reason)


def _check_columns(file: str, line: int, text: str, known: set[str] | frozenset[str], problems: Problems) -> None:
    try:
        unknown = columns_of(text) - known
    except ExpressionError as error:
        problems.add(file, line, str(error))
        return
    if unknown:
        problems.add(file, line, f"unknown column(s) {', '.join(sorted(unknown))} in {text!r}")
