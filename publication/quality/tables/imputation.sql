-- campaign × structure type × variable that the registry may impute: values missing, imputed, and the imputation rate (imputed
-- over answered and imputed).
with listed as (
    select distinct campaign, variable from quality.masking
    union
    select distinct campaign, variable from quality.imputed
),

found as (
    select campaign, structure_type, variable, count(*) as imputed
    from quality.imputed
    group by campaign, structure_type, variable
)

select
    items.campaign,
    items.structure_type,
    items.variable,
    items.label_fr,
    items.answered,
    items.respondents - items.answered - items.not_concerned as missing,
    cast(coalesce(found.imputed, 0) as integer) as imputed,
    100.0 * coalesce(found.imputed, 0) / nullif(items.answered + coalesce(found.imputed, 0), 0) as rate_pct
from quality.items as items
join listed using (campaign, variable)
left join found using (campaign, structure_type, variable)
order by items.campaign, items.structure_type, items.variable
