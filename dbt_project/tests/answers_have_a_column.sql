-- Answers to a variable that the wide table has no column for: the pivot would lose them without a word.
{%- set columns = wide_columns() | selectattr('kind', 'equalto', 'answer') | map(attribute='name') | list %}

select
    campaign,
    variable,
    count(*) as n_answers
from {{ ref('stg_intake__answers') }}
where variable not in ('{{ columns | join("', '") }}')
group by campaign, variable
