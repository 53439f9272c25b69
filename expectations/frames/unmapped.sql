-- One row per unknown column of an accepted file: filled cells that nobody has mapped or ignored with a reason.
select
    unmapped.sender,
    unmapped.file,
    unmapped.sheet,
    unmapped.cell,
    unmapped.header,
    unmapped.filled,
    unmapped.nearest_question,
    case when unmapped.acknowledged then 0 else unmapped.filled end as pending
from intake.unmapped
join intake.receipts on receipts.campaign = unmapped.campaign and receipts.entry_id = unmapped.entry_id
where unmapped.campaign = getvariable('campaign') and receipts.verdict = 'accepted'
order by unmapped.file, unmapped.sheet, unmapped.cell
