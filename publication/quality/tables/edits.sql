-- campaign × rule: edits raised, those that stand on a response that counts, open, confirmed with a reason; decisions applied
-- (confirmations, corrections), and among them those of the national team, `overrides`.
with raised as (
    select
        campaign,
        rule,
        severity,
        min(message_fr) as message_fr,
        count(*) as raised,
        count(*) filter (where current) as standing,
        count(*) filter (where open) as still_open,
        count(*) filter (where current and settled_by <> '') as confirmed
    from intake.edits
    group by campaign, rule, severity
),

decided as (
    select
        campaign,
        rule,
        count(*) filter (where action = 'correct') as corrected,
        count(*) filter (where sender = 'national') as overrides
    from returns.decisions
    where state = 'applied'
    group by campaign, rule
)

select
    raised.campaign,
    raised.rule,
    raised.severity,
    raised.message_fr,
    cast(raised.raised as integer) as raised,
    cast(raised.standing as integer) as standing,
    cast(raised.still_open as integer) as still_open,
    cast(raised.confirmed as integer) as confirmed,
    cast(coalesce(decided.corrected, 0) as integer) as corrected,
    cast(coalesce(decided.overrides, 0) as integer) as overrides
from raised
left join decided using (campaign, rule)
order by raised.campaign, raised.severity, raised.rule
