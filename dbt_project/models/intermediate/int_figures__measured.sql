{%- set on_frame = figure_measures('frame') -%}
{%- set on_respondents = figure_measures('respondents') -%}

with members as (
    select
        campaign,
        territory_id,
        structure_id
    from {{ ref('bridge_territory_structure') }}
),

frame as (
    select
        members.territory_id,
        panel.*
    from members
    inner join {{ ref('int_structures__panel') }} as panel
        on members.campaign = panel.campaign and members.structure_id = panel.structure_id
),

respondents as (
    select
        members.territory_id,
        answers.*
    from members
    inner join {{ ref('stg_returns__answers_wide') }} as answers
        on members.campaign = answers.campaign and members.structure_id = answers.structure_id
),

frame_measured as (
    {{ measured_by_territory('frame', on_frame) }}
),

respondents_measured as (
    {{ measured_by_territory('respondents', on_respondents) }}
)

select
    'frame' as population,
    campaign,
    territory_id,
    structure_type,
    measure_key,
    amount
from {{ one_row_per_column('frame_measured', on_frame | map(attribute='key'), 'measure_key', 'amount') }}
union all
select
    'respondents' as population,
    campaign,
    territory_id,
    structure_type,
    measure_key,
    amount
from {{ one_row_per_column('respondents_measured', on_respondents | map(attribute='key'), 'measure_key', 'amount') }}
