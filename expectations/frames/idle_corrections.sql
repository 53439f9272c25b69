-- One row per correction of the national team: idle when it can't be read, or when what it was about has changed.
select
    decisions.file,
    decisions.cell,
    decisions.structure_id,
    decisions.variable,
    decisions.detail,
    cast(decisions.state <> 'applied' as integer) as idle
from intake.decisions
where decisions.campaign = getvariable('campaign') and decisions.sender = 'national'
order by decisions.file, decisions.cell
