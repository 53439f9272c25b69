-- Answers to a variable that the wide table has no column for: the pivot would lose them without a word.
{%- set columns = wide_columns() | selectattr('kind', 'equalto', 'answer') | map(attribute='name') | list %}

with counted as (
    select
        campaign,
        variable,
        count(*) as n_answers
    from {{ ref('stg_intake__answers') }}
    group by campaign, variable
)

select
    campaign,
    variable,
    n_answers
from counted
where variable not in ('{{ columns | join("', '") }}')
