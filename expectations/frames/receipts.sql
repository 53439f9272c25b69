-- One row per sender of the campaign: files received, files taken in, and the rule that refused the others.
select
    sender,
    count(*) as files,
    count(*) filter (where verdict = 'accepted') as files_accepted,
    coalesce(string_agg(distinct rule, ', ' order by rule) filter (where verdict <> 'accepted'), '') as rules
from intake.receipts
where campaign = getvariable('campaign')
group by sender
order by sender
