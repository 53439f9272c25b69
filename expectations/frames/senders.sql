-- One row per sender who is awaited: those of the earlier campaign, and those whom senders.csv lists for this one. Of the
-- solicited structures that it had answered for (or, for one that had not answered, those of its federation or Caf), how
-- many have answered, by whichever sender? absent = 1 when enough of them are awaited and none has. A sender awaited for
-- few structures has a rate of 100.
with solicited as (
    select centres.structure_id, centres.structure_type, centres.responded, structures.federation, structures.caf
    from marts.fct_centres as centres
    join marts.dim_structure as structures using (campaign, structure_id)
    where centres.campaign = getvariable('campaign') and centres.solicited = 1
),

asked as (
    select
        solicited.responded,
        coalesce(past.sender, federations.sender, cafs.sender) as sender
    from solicited
    left join earlier on earlier.structure_type = solicited.structure_type
    left join marts.fct_centres as past
        on past.campaign = earlier.campaign
        and past.structure_id = solicited.structure_id
        and past.responded = 1
    left join settings.senders as federations
        on federations.kind = 'federation' and federations.code = solicited.federation
    left join settings.senders as cafs on cafs.kind = 'caf' and cafs.code = solicited.caf
)

select
    asked.sender,
    coalesce(any_value(senders.name), asked.sender) as sender_name,
    count(*) as awaited,
    cast(sum(asked.responded) as bigint) as answered,
    cast(count(*) >= threshold('sender_min_structures') and sum(asked.responded) = 0 as integer) as absent,
    case
        when count(*) >= threshold('sender_min_structures') then 100.0 * sum(asked.responded) / count(*) else 100
    end as response_rate_pct
from asked
left join (select sender, min(name) as name from settings.senders group by sender) as senders using (sender)
where asked.sender is not null
group by asked.sender
order by asked.sender
