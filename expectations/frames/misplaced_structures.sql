-- Behind the placement: level × structure in no territory, or in several.
select level, structure_id, structure_type, coalesce(departement, 'aucun') as departement, places
from placed_structures
where places <> 1
order by level, structure_id
