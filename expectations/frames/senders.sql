-- One row per sender of the earlier campaign: of the structures it had answered for and that are solicited again, how
-- many have answered, by whichever sender? absent = 1 when enough of them are awaited and none has.
select
    past.sender,
    count(*) as awaited,
    cast(sum(here.responded) as bigint) as answered,
    cast(count(*) >= threshold('sender_min_structures') and sum(here.responded) = 0 as integer) as absent
from marts.fct_centres as past
join earlier on earlier.structure_type = past.structure_type and earlier.campaign = past.campaign
join marts.fct_centres as here
    on here.campaign = getvariable('campaign')
    and here.structure_id = past.structure_id
    and here.solicited = 1
where past.responded = 1 and past.sender is not null
group by past.sender
order by past.sender
