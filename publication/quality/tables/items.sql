-- campaign × structure type × question (free text and personal data left out): answers of the respondents, and the item
-- rate on its two bases. Those who are not concerned are not asked.
with respondents as (
    select campaign, structure_type, sum(responded) as respondents, sum(solicited) as in_scope
    from marts.fct_centres
    group by campaign, structure_type
),

asked as (
    select questions.campaign, questions.structure_type, questions.variable, questions.section, variables.label_fr
    from registry.questions
    join registry.variables using (variable)
    where not variables.pii and questions.type <> 'text'
),

answered as (
    select
        campaign,
        structure_type,
        variable,
        count(*) filter (where value_num is not null or value_text is not null or value_date is not null) as answered,
        count(*) filter (where status = 'not_concerned') as not_concerned,
        count(*) filter (where status in ('refused', 'dont_know')) as declined,
        count(*) filter (where status = 'rejected') as rejected,
        count(*) filter (where status = 'corrected') as corrected
    from returns.answers
    where current
    group by campaign, structure_type, variable
)

select
    asked.campaign,
    asked.structure_type,
    asked.section,
    asked.variable,
    asked.label_fr,
    cast(respondents.respondents as integer) as respondents,
    cast(respondents.in_scope as integer) as in_scope,
    cast(coalesce(answered.answered, 0) as integer) as answered,
    cast(coalesce(answered.not_concerned, 0) as integer) as not_concerned,
    cast(coalesce(answered.declined, 0) as integer) as declined,
    cast(coalesce(answered.rejected, 0) as integer) as rejected,
    cast(coalesce(answered.corrected, 0) as integer) as corrected,
    100.0 * coalesce(answered.answered, 0)
    / nullif(respondents.respondents - coalesce(answered.not_concerned, 0), 0) as rate_respondents_pct,
    100.0 * coalesce(answered.answered, 0)
    / nullif(respondents.in_scope - coalesce(answered.not_concerned, 0), 0) as rate_in_scope_pct
from asked
join respondents using (campaign, structure_type)
left join answered using (campaign, structure_type, variable)
order by asked.campaign, asked.structure_type, asked.section, asked.variable
