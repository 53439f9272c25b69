-- territory × structure type, and the territory as a whole: response rate = responded / solicited (percent).
with counted as (
    select
        bridge.territory_id,
        bridge.structure_type,
        sum(centres.agreed) as agreed,
        sum(centres.solicited) as solicited,
        sum(centres.responded) as responded
    from marts.bridge_territory_structure as bridge
    join marts.fct_centres as centres
        on centres.campaign = bridge.campaign and centres.structure_id = bridge.structure_id
    where bridge.campaign = getvariable('campaign')
    group by bridge.territory_id, bridge.structure_type
),

with_totals as (
    select *, count(*) over (partition by territory_id) = 1 as is_whole from counted
    union all
    select
        territory_id,
        string_agg(structure_type, ' + ' order by structure_type),
        sum(agreed),
        sum(solicited),
        sum(responded),
        true
    from counted
    group by territory_id
    having count(*) > 1
)

select
    publications.territory_id,
    publications.name as territory,
    publications.is_national,
    with_totals.structure_type,
    cast(with_totals.agreed as bigint) as agreed,
    cast(with_totals.solicited as bigint) as solicited,
    cast(with_totals.responded as bigint) as responded,
    100.0 * with_totals.responded / with_totals.solicited as response_rate_pct,
    cast(with_totals.is_whole and with_totals.responded = 0 as integer) as silent
from with_totals
join publications using (territory_id)
where with_totals.solicited > 0
order by publications.level_order, publications.territory_id, with_totals.structure_type
