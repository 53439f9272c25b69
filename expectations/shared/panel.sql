-- panel: structures that answer now × the structures that answered in their place in the earlier campaign.
-- A merged structure stands beside all its predecessors of the same type, or not at all when one of them had not answered.
create table panel as
with here as (
    select structure_id, structure_type, sender
    from marts.fct_centres
    where campaign = getvariable('campaign') and responded = 1
),

lineage as (
    select structure_id, structure_id as earlier_id from here
    union
    select structure_id, trim(unnest(string_split(previous_ids, ';'))) as earlier_id
    from marts.dim_structure
    where campaign = getvariable('campaign') and coalesce(previous_ids, '') <> ''
)

select
    cast(here.structure_id as structure) as structure_id,
    here.structure_type,
    here.sender,
    cast(past.structure_id as structure) as earlier_id,
    count(*) over (partition by here.structure_id) as earlier_count,
    past.campaign as earlier_campaign
from here
join lineage on lineage.structure_id = here.structure_id
join earlier on earlier.structure_type = here.structure_type
join marts.fct_centres as past
    on past.structure_id = lineage.earlier_id
    and past.structure_type = here.structure_type
    and past.campaign = earlier.campaign
qualify min(past.responded) over (partition by here.structure_id) = 1;

-- pairs: structure of the panel × numeric variable known in both campaigns; a merged structure against the sum of its
-- predecessors.
create table pairs as
select
    panel.structure_id,
    panel.structure_type,
    panel.sender,
    here.variable,
    any_value(here.value) as value,
    sum(past.value) as earlier_value
from panel
join measures as here
    on here.campaign = getvariable('campaign') and here.structure_id = panel.structure_id
join measures as past
    on past.campaign = panel.earlier_campaign
    and past.structure_id = panel.earlier_id
    and past.variable = here.variable
group by panel.structure_id, panel.structure_type, panel.sender, here.variable
having count(*) = any_value(panel.earlier_count);
