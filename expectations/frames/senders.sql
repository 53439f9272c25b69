-- One row per sender of the earlier campaign: of the structures it had answered for and that are solicited again, how
-- many have answered, by whichever sender? absent = 1 when enough of them are awaited and none has. A sender awaited for
-- few structures has a rate of 100.
select
    past.sender,
    count(*) as awaited,
    cast(sum(here.responded) as bigint) as answered,
    cast(count(*) >= threshold('sender_min_structures') and sum(here.responded) = 0 as integer) as absent,
    case
        when count(*) >= threshold('sender_min_structures') then 100.0 * sum(here.responded) / count(*) else 100
    end as response_rate_pct
from marts.fct_centres as past
join earlier on earlier.structure_type = past.structure_type and earlier.campaign = past.campaign
join marts.fct_centres as here
    on here.campaign = getvariable('campaign')
    and here.structure_id = past.structure_id
    and here.solicited = 1
where past.responded = 1 and past.sender is not null
group by past.sender
order by past.sender
