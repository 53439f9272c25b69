-- One row per waiver of the campaign: does it still serve?
select *, cast(state <> 'utile' as integer) as idle
from settings.waivers
order by check_id, scope, expires_on
