-- campaign × rule: rows of a structure that returned more than one, with what became of them (replaced, dropped, rejected).
select
    responses.campaign,
    responses.state,
    responses.rule,
    edits.message_fr,
    cast(count(*) as integer) as rows_found,
    cast(count(distinct responses.structure_id) as integer) as structures
from intake.responses as responses
join marts.fct_centres as known using (campaign, structure_id)
left join registry.edits as edits using (rule)
where responses.state in ('replaced', 'dropped', 'rejected')
group by responses.campaign, responses.state, responses.rule, edits.message_fr
order by responses.campaign, responses.state, responses.rule
