-- numeric question × structure type asked now and in the earlier campaign: ratio (>= 1) of medians and of null shares.
-- Medians are of absolute values: a result is positive or negative, and its median may be anything near zero.
-- emptied = 1: nobody answers any more. A ratio is 1 where it says nothing: too few answers, a median at zero, null shares under the floor.
with asked as (
    select here.variable, here.structure_type, any_value(here.question_label_fr) as question_label_fr, earlier.campaign
    from registry.questions as here
    join earlier on earlier.structure_type = here.structure_type
    join registry.questions as past
        on past.campaign = earlier.campaign
        and past.structure_type = here.structure_type
        and past.variable = here.variable
    where here.campaign = getvariable('campaign')
    group by here.variable, here.structure_type, earlier.campaign
),

responding as (
    select campaign, structure_type, count(*) as respondents
    from marts.fct_centres
    where responded = 1
    group by campaign, structure_type
),

answering as (
    select campaign, variable, structure_type, count(*) as answers, median(abs(value)) as median_value
    from measures
    group by campaign, variable, structure_type
),

summarised as (
    select
        asked_once.variable,
        responding.*,
        coalesce(answering.answers, 0) as answers,
        answering.median_value,
        100.0 * (responding.respondents - coalesce(answering.answers, 0)) / responding.respondents as null_pct
    from (
        select distinct questions.campaign, questions.structure_type, questions.variable
        from registry.questions
        join registry.wide_columns as columns on columns."column" = questions.variable
        join registry.variables on variables.variable = questions.variable and variables.type <> 'boolean'
        where columns.sql_type in ('integer', 'decimal')
    ) as asked_once
    join responding using (campaign, structure_type)
    left join answering using (campaign, structure_type, variable)
),

compared_questions as (
    select
        asked.variable,
        asked.question_label_fr,
        asked.structure_type,
        past.answers as earlier_answers,
        here.answers,
        past.median_value as earlier_median,
        here.median_value as median_value,
        past.null_pct as earlier_null_pct,
        here.null_pct as null_pct,
        least(here.answers, past.answers) >= threshold('swap_min_answers')
        and here.median_value > 0 and past.median_value > 0 as has_medians,
        least(here.respondents, past.respondents) >= threshold('swap_min_answers') as has_respondents,
        greatest(here.null_pct, threshold('null_share_floor_pct'))
        / greatest(past.null_pct, threshold('null_share_floor_pct')) as null_growth
    from asked
    join summarised as here
        on here.campaign = getvariable('campaign')
        and here.variable = asked.variable
        and here.structure_type = asked.structure_type
    join summarised as past
        on past.campaign = asked.campaign
        and past.variable = asked.variable
        and past.structure_type = asked.structure_type
)

select
    variable,
    question_label_fr,
    structure_type,
    earlier_median,
    median_value,
    earlier_null_pct,
    null_pct,
    case when has_medians then greatest(median_value / earlier_median, earlier_median / median_value) else 1 end
        as medians_ratio,
    case when has_respondents then greatest(null_growth, 1) else 1 end as nulls_ratio,
    cast(has_respondents and answers = 0 and earlier_answers > 0 as integer) as emptied
from compared_questions
order by structure_type, variable
