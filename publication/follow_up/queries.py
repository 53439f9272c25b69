"""What the campaign site asks of a candidate: SQL over its tables, of one ``$campaign``."""

from __future__ import annotations

DEPARTEMENTS = """
with members as (
    select s.structure_id, s.departement, c.agreed, c.solicited, c.responded
    from dim_structure s
    join fct_centres c on c.campaign = s.campaign and c.structure_id = s.structure_id
    where s.campaign = $campaign and c.agreed = 1
),

rejected as (
    select m.departement, count(*) as rejected
    from rejects r join members m on m.structure_id = r.structure_id
    where r.campaign = $campaign
    group by m.departement
),

to_confirm as (
    select m.departement, count(*) as to_confirm
    from edits e join members m on m.structure_id = e.structure_id
    where e.campaign = $campaign and e.open
    group by m.departement
)

select
    t.territory_id, m.departement as code, any_value(t.name) as name, sum(m.agreed)::int as agreed,
    sum(m.solicited)::int as solicited, sum(case when m.solicited = 1 then m.responded else 0 end)::int as responded,
    coalesce(any_value(r.rejected), 0) as rejected, coalesce(any_value(e.to_confirm), 0) as to_confirm
from members m
join dim_territory t on t.level = 'departement' and t.code = m.departement
left join rejected r on r.departement = m.departement
left join to_confirm e on e.departement = m.departement
group by t.territory_id, m.departement
order by m.departement
"""

INCOMPLETE = """
select count(*) as incomplete from fct_centres where campaign = $campaign and response_status = 'incomplete'
"""

RECEIVED = """
with files as (
    select sender, count(*) as files, sum(case when verdict = 'rejected' then 1 else 0 end)::int as refused,
        max(received_at) as last
    from receipts where campaign = $campaign group by sender
),

rejected as (select sender, count(*) as rejected from rejects where campaign = $campaign group by sender),

to_confirm as (select sender, count(*) as to_confirm from edits where campaign = $campaign and open group by sender)

select
    f.sender, f.files, f.refused, f.last, coalesce(r.rejected, 0) as rejected, coalesce(e.to_confirm, 0) as to_confirm
from files f left join rejected r on r.sender = f.sender left join to_confirm e on e.sender = f.sender
order by f.sender
"""

RESPONDENTS = """
select s.structure_id, s.name, s.commune_name, c.responded, c.response_status
from dim_structure s join fct_centres c on c.campaign = s.campaign and c.structure_id = s.structure_id
where s.campaign = $campaign
"""

SENDERS_OF = """
select distinct s.departement, c.sender
from dim_structure s join fct_centres c on c.campaign = s.campaign and c.structure_id = s.structure_id
where s.campaign = $campaign and c.sender is not null
"""

PLACES = "select structure_id, departement from dim_structure where campaign = $campaign"

ARRIVALS = """
with asked as (
    select campaign, responded, cast(received_at as date) as day from fct_centres where agreed = 1 and solicited = 1
        and (campaign = $campaign or campaign = (select max(campaign) from fct_centres where campaign < $campaign))
),

solicited as (select campaign, count(*) as solicited from asked group by campaign),

received as (
    select campaign, day, count(*) as responded from asked where responded = 1 and day is not null
    group by campaign, day
)

select
    r.campaign, r.day, sum(r.responded) over (partition by r.campaign order by r.day)::int as responded,
    100.0 * sum(r.responded) over (partition by r.campaign order by r.day) / s.solicited as rate
from received r join solicited s on s.campaign = r.campaign
order by r.campaign, r.day
"""

REFUSED = """
select sender, file, rule, message_fr, received_at from receipts
where campaign = $campaign and verdict = 'rejected' order by received_at desc, sender, file
"""

REJECTS = """
select sender, file, concat_ws(' ', nullif(sheet, ''), nullif(cell, '')) as place, structure_id,
    coalesce(nullif(question_label_fr, ''), variable) as question, rule, message_fr
from rejects where campaign = $campaign and level <> 'file'
order by sender, file, rule, place, structure_id
"""

EDITS = """
select sender, rule, severity, any_value(message_fr) as message_fr, count(*) as count
from edits where campaign = $campaign and open group by sender, rule, severity order by sender, count desc, rule
"""

UNMAPPED = """
select sender, file, cell, header, filled, nearest_question from unmapped
where campaign = $campaign and not acknowledged and filled > 0 order by sender, file, cell
"""

TERRITORIES = """
select distinct t.territory_id, t.name, t.level_label_fr as level, t.level_order
from dim_territory t join bridge_territory_structure b on b.territory_id = t.territory_id
where b.campaign = $campaign
"""

GUARDS = """
select sender, file, "column", question_label_fr, severity, message_fr, next_step_fr, acknowledged
from guards where campaign = $campaign order by acknowledged, severity, sender, file, question_label_fr
"""
