with members as (
    select
        campaign,
        territory_id,
        structure_id,
        structure_type
    from {{ ref('bridge_territory_structure') }}
),

panel as (
    select
        campaign,
        structure_id,
        agreed,
        solicited,
        responded
    from {{ ref('int_structures__panel') }}
),

counted as (
    select
        members.campaign,
        members.territory_id,
        coalesce(members.structure_type, '{{ all_types() }}') as structure_type,
        sum(panel.agreed) as n_agreed,
        sum(panel.solicited) as n_solicited,
        sum(panel.responded) as n_responded
    from members
    inner join panel
        on members.campaign = panel.campaign and members.structure_id = panel.structure_id
    group by
        grouping sets (
            (members.campaign, members.territory_id, members.structure_type),
            (members.campaign, members.territory_id)
        )
),

territories as (
    select
        territory_id,
        level,
        level_order,
        code
    from {{ ref('dim_territory') }}
),

levels as (
    select
        level,
        combines_types
    from {{ ref('stg_registry__territory_levels') }}
)

select
    counted.campaign,
    counted.territory_id,
    territories.level,
    territories.level_order,
    territories.code as territory,
    counted.structure_type,
    counted.n_agreed,
    counted.n_solicited,
    counted.n_responded
from counted
inner join territories on counted.territory_id = territories.territory_id
inner join levels on territories.level = levels.level
where counted.structure_type <> '{{ all_types() }}' or levels.combines_types
