-- One row per answer refused in a response that still stands: its status in the marts must say so.
select
    rejects.structure_id,
    rejects.variable,
    rejects.rule,
    rejects.sender,
    rejects.file,
    rejects.sheet,
    rejects.cell,
    coalesce(statuses.status, 'absente') as status,
    cast(statuses.status is not null and statuses.status <> 'rejected' as integer) as entered
from intake.rejects
join intake.responses
    on responses.campaign = rejects.campaign
    and responses.entry_id = rejects.entry_id
    and responses.structure_id = rejects.structure_id
left join refused_statuses as statuses
    on statuses.structure_id = rejects.structure_id and statuses.variable = rejects.variable
where rejects.campaign = getvariable('campaign') and rejects.level = 'answer'
qualify bool_and(responses.state = 'accepted') over (partition by rejects.entry_id, rejects.structure_id)
order by rejects.structure_id, rejects.variable, rejects.rule
