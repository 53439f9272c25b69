-- One row per figure that changed by more than the threshold since the vintage published last: unexplained = 1 while no
-- note gives the cause.
with changed as (
    select
        revised.*,
        publications.name,
        publications.is_national,
        publications.level_order,
        case
            when publications.is_national then threshold('revision_national_pct')
            else threshold('revision_territory_pct')
        end as allowed_pct
    from revisions.figures as revised
    join publications using (territory_id)
)

select
    changed.territory_id,
    changed.name,
    changed.is_national,
    changed.territory,
    coalesce(indicators.label_fr, changed.indicator) || case when changed.breakdown = '' then '' else ', ' end
    || changed.breakdown as label_fr,
    changed.structure_type,
    changed.vintage,
    changed.value_before,
    changed.value_after,
    changed.change_pct,
    changed.cause,
    cast(getvariable('campaign') as varchar) as campaign_name,
    cast(changed.cause = '' as integer) as unexplained
from changed
left join registry.indicators as indicators using (indicator)
where changed.change_pct >= changed.allowed_pct
order by
    changed.level_order, changed.territory_id, changed.change_pct desc, changed.indicator, changed.structure_type,
    changed.breakdown
