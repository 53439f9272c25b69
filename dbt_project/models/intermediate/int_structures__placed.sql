with frame as (
    select
        campaign,
        structure_id,
        structure_type,
        departement,
        federation
    from {{ ref('stg_intake__frame') }}
),

departements as (
    select
        campaign,
        structure_id,
        structure_type,
        'departement' as place_type,
        departement as place_code
    from frame
    where departement is not null
),

federations as (
    select
        campaign,
        structure_id,
        structure_type,
        'federation' as place_type,
        federation as place_code
    from frame
    where federation is not null
),

focus_territories as (
    select
        campaign,
        structure_id,
        structure_type,
        'focus' as place_type,
        place_code
    from
        {{ one_row_per_part(
            ref('stg_intake__frame'),
            ['campaign', 'structure_id', 'structure_type'],
            'focus_territories',
            'place_code'
        ) }}
)

select
    campaign,
    structure_id,
    structure_type,
    place_type,
    place_code
from departements
union all
select
    campaign,
    structure_id,
    structure_type,
    place_type,
    place_code
from federations
union all
select
    campaign,
    structure_id,
    structure_type,
    place_type,
    place_code
from focus_territories
