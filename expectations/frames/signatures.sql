-- One row per territory and party that signs it: missing = 1 where signatures are demanded and this one isn't there,
-- absent = 1 where the party is declared absent. A territory that nobody can sign is missing too.
select
    publications.territory_id,
    publications.name,
    publications.is_national,
    coalesce(states.territory, publications.level) as territory,
    states.party,
    coalesce(states.party_name, 'aucun signataire connu') as party_name,
    coalesce(states.state_fr, 'personne ne peut signer') as state_fr,
    coalesce(states.reason, '') as reason,
    coalesce(states.declared_by, '') as declared_by,
    cast(getvariable('campaign') as varchar) as campaign_name,
    cast(threshold('signatures_demanded') = 1 and coalesce(states.missing, true) as integer) as missing,
    cast(coalesce(states.state = 'absent', false) as integer) as absent
from publications
left join sign_off.signatures as states using (territory_id)
order by publications.level_order, publications.territory_id, states.party_kind, states.party
