with territories as (
    select
        territory_id,
        level,
        code,
        name,
        vintage_from,
        vintage_to
    from {{ ref('int_territories__listed') }}
),

levels as (
    select
        level,
        level_label_fr,
        level_order
    from {{ ref('stg_registry__territory_levels') }}
)

select
    territories.territory_id,
    territories.level,
    levels.level_label_fr,
    levels.level_order,
    territories.code,
    territories.name,
    territories.vintage_from,
    territories.vintage_to
from territories
inner join levels on territories.level = levels.level
order by levels.level_order, territories.code, territories.territory_id
