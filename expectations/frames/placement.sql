-- level that may divide the nation: structures of the frame in none of its territories (where the level must hold them
-- all), and in several.
select
    level,
    count(*) as structures,
    count(*) filter (
        where places = 0 and level in (select unnest(string_split(setting('complete_levels'), ';')))
    ) as unplaced,
    count(*) filter (where places > 1) as repeated
from placed_structures
group by level
order by level
