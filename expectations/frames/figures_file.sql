-- level: figures of the table, and how many of them figures.csv tells otherwise (other value, base or n, line missing or
-- in excess).
select
    level,
    count(*) as figures,
    count(*) filter (where differs) as differing
from printed_figures
group by level
order by level
