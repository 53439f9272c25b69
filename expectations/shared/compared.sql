-- earlier: per structure type of the campaign, the latest earlier campaign in which that type answered (null: none).
create table earlier as
select
    here.structure_type,
    max(past.campaign) as campaign
from (
    select distinct structure_type from marts.fct_centres where campaign = getvariable('campaign')
) as here
left join marts.fct_centres as past
    on past.structure_type = here.structure_type
    and past.campaign < getvariable('campaign')
    and past.responded = 1
group by here.structure_type;

-- compared: the campaigns whose answers the gate looks at.
create table compared as
select getvariable('campaign') as campaign
union
select campaign from earlier where campaign is not null;
