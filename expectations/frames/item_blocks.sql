-- block of the questionnaire × structure type: share of usable answers among those that its required questions call for.
with asked as (
    select section, variable, structure_type
    from registry.questions
    where campaign = getvariable('campaign') and type <> 'text' and required
    group by section, variable, structure_type
)

select
    asked.section,
    coalesce(sections.label_fr, asked.section) as section_fr,
    asked.structure_type,
    count(*) as questions,
    cast(sum(item_counts.respondents) as bigint) as expected_answers,
    cast(sum(item_counts.answered) as bigint) as answers,
    100.0 * sum(item_counts.answered) / sum(item_counts.respondents) as rate_pct
from asked
join item_counts using (variable, structure_type)
left join settings.sections as sections on sections.section = asked.section
group by asked.section, sections.label_fr, asked.structure_type
order by asked.structure_type, asked.section
