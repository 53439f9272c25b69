-- Every fact table has exactly one row per structure of the frame whose return was accepted.
{%- set facts = ['fct_governance', 'fct_volunteers', 'fct_staff', 'fct_finances', 'fct_actions'] %}

with respondents as (
    select
        campaign,
        structure_id
    from {{ ref('int_structures__panel') }}
    where responded = 1
),

held as (
    {%- for fact in facts %}
        {%- if not loop.first %}
            union all
        {%- endif %}
        select
            '{{ fact }}' as fact,
            campaign,
            structure_id
        from {{ ref(fact) }}
    {%- endfor %}
),

facts as (
    {%- for fact in facts %}
        {%- if not loop.first %}
            union all
        {%- endif %}
        select '{{ fact }}' as fact
    {%- endfor %}
),

expected as (
    select
        facts.fact,
        respondents.campaign,
        respondents.structure_id,
        1 as n_expected,
        0 as n_held
    from respondents
    cross join facts
),

counted as (
    select
        fact,
        campaign,
        structure_id,
        n_expected,
        n_held
    from expected
    union all
    select
        fact,
        campaign,
        structure_id,
        0 as n_expected,
        1 as n_held
    from held
)

select
    fact,
    campaign,
    structure_id,
    sum(n_expected) as n_expected,
    sum(n_held) as n_held
from counted
group by fact, campaign, structure_id
having sum(n_expected) <> sum(n_held)
