with imputed as (
    select
        campaign,
        structure_id,
        variable,
        value_num
    from {{ ref('stg_intake__imputed') }}
)

select
    answers.campaign,
    answers.structure_id,
    answers.variable,
    answers.status,
    answers.value_num,
    answers.value_text,
    answers.value_date
from {{ ref('stg_intake__answers') }} as answers
left join imputed
    on
        answers.campaign = imputed.campaign
        and answers.structure_id = imputed.structure_id
        and answers.variable = imputed.variable
where imputed.variable is null
union all
select
    campaign,
    structure_id,
    variable,
    'imputed' as status,
    value_num,
    cast(null as varchar) as value_text,
    cast(null as date) as value_date
from imputed
