-- used_columns: campaign compared × structure type × indicator × column of the wide table that its formula names.
create table used_columns as
select distinct
    named.campaign,
    named.structure_type,
    named.indicator,
    columns."column" as variable
from (
    select
        campaign,
        structure_type,
        indicator,
        unnest(regexp_extract_all(numerator || ' ' || coalesce(denominator, '') || ' ' || n, '[a-z_0-9]+')) as variable
    from registry.figure_expressions
    where campaign in (select campaign from compared)
) as named
join registry.wide_columns as columns on columns."column" = named.variable;
