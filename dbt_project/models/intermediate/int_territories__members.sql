with territories as (
    select
        territory_id,
        level,
        code,
        vintage_from,
        vintage_to
    from {{ ref('int_territories__listed') }}
),

frame as (
    select
        campaign,
        structure_id,
        structure_type
    from {{ ref('stg_intake__frame') }}
),

placed as (
    select
        campaign,
        structure_id,
        structure_type,
        place_type,
        place_code
    from {{ ref('int_structures__placed') }}
),

whole_nation as (
    select
        frame.campaign,
        territories.territory_id,
        frame.structure_id,
        frame.structure_type
    from frame
    inner join territories
        on
            territories.level = 'national'
            and {{ is_in_vintage('frame.campaign', 'territories') }}
),

by_own_code as (
    select
        placed.campaign,
        territories.territory_id,
        placed.structure_id,
        placed.structure_type
    from placed
    inner join territories
        on
            placed.place_type = territories.level
            and placed.place_code = territories.code
            and {{ is_in_vintage('placed.campaign', 'territories') }}
),

by_member_code as (
    select
        placed.campaign,
        territories.territory_id,
        placed.structure_id,
        placed.structure_type
    from placed
    inner join {{ ref('stg_registry__territory_members') }} as members
        on placed.place_type = members.member_type and placed.place_code = members.member_code
    inner join territories
        on
            members.territory_id = territories.territory_id
            and {{ is_in_vintage('placed.campaign', 'territories') }}
)

select
    campaign,
    territory_id,
    structure_id,
    structure_type
from whole_nation
union distinct
select
    campaign,
    territory_id,
    structure_id,
    structure_type
from by_own_code
union distinct
select
    campaign,
    territory_id,
    structure_id,
    structure_type
from by_member_code
