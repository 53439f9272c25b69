-- publication × column that a guard of the intake found wrong as a whole: the nation's, and that of each territory which
-- holds structures of its sender. blocking and warning: 0 once acknowledged.
with sent as (
    select distinct
        bridge.territory_id,
        centres.sender,
        centres.structure_type
    from marts.fct_centres as centres
    join marts.bridge_territory_structure as bridge
        on bridge.campaign = centres.campaign and bridge.structure_id = centres.structure_id
    where centres.campaign = getvariable('campaign') and centres.responded = 1
)

select
    publications.territory_id,
    publications.name as territory,
    publications.is_national,
    guards.sender,
    guards.file,
    guards.sheet,
    guards.column as column_name,
    guards.question_code,
    guards.guard,
    guards.about,
    case when guards.justified then guards.message_fr || ' Justification à valider : ' || guards.justification
        else guards.message_fr end as message_fr,
    cast(guards.severity = 'block' and not guards.acknowledged as integer) as blocking,
    cast(guards.severity = 'warn' and not guards.acknowledged as integer) as warning
from intake.guards
join publications
    on publications.is_national
    or exists (
        select 1
        from sent
        where sent.territory_id = publications.territory_id
            and sent.sender = guards.sender
            and sent.structure_type = guards.structure_type
    )
where guards.campaign = getvariable('campaign')
order by publications.territory_id, guards.sender, guards.file, guards.sheet, guards.question_code
