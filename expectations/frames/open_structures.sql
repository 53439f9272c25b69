-- Behind the load of edits: territory × structure, with its open rules.
select
    bridge.territory_id,
    edits.structure_id,
    any_value(edits.sender) as sender,
    string_agg(distinct edits.rule, ', ' order by edits.rule) as rules
from intake.edits
join marts.bridge_territory_structure as bridge
    on bridge.campaign = edits.campaign and bridge.structure_id = edits.structure_id
where edits.campaign = getvariable('campaign') and edits.open
group by bridge.territory_id, edits.structure_id
order by bridge.territory_id, edits.structure_id
