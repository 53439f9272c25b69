-- One row per file received: broken when the program failed on it, which says nothing of the file.
select
    receipts.sender,
    receipts.file,
    receipts.message_fr,
    cast(coalesce(receipts.rule, '') = 'I90' as integer) as broken
from intake.receipts
where receipts.campaign = getvariable('campaign')
order by receipts.sender, receipts.file
