-- One row: structures solicited, files received and taken in, structures that responded.
select
    (
        select count(*) from marts.fct_centres where campaign = getvariable('campaign') and solicited = 1
    ) as solicited,
    (select count(*) from intake.receipts where campaign = getvariable('campaign')) as files,
    (
        select count(*) from intake.receipts where campaign = getvariable('campaign') and verdict = 'accepted'
    ) as files_accepted,
    (
        select count(*) from marts.fct_centres where campaign = getvariable('campaign') and responded = 1
    ) as responded
