{#
    The columns `columns` of `relation` (all decimal(38, 10)) as lines: the other columns, then the column's name in `name`
    and its value in `value`. No line where the value is null.
#}
{% macro one_row_per_column(relation, columns, name, value) -%}
    {{ adapter.dispatch('one_row_per_column')(relation, columns | list, name, value) }}
{%- endmacro %}


{% macro default__one_row_per_column(relation, columns, name, value) -%}
    (
        {%- for column in columns %}
        {% if not loop.first %}union all{% endif %}
        select {{ relation }}.*, '{{ column }}' as {{ name }}, {{ column }} as {{ value }}
        from {{ relation }}
        where {{ column }} is not null
        {%- endfor %}
    ) as {{ relation }}_by_column
{%- endmacro %}


{% macro duckdb__one_row_per_column(relation, columns, name, value) -%}
    (unpivot {{ relation }} on {{ columns | join(', ') }} into name {{ name }} value {{ value }})
{%- endmacro %}


{#
    The parts of a text that `;` separates, as lines: `keys`, then the part in `part`, each once and without the spaces
    around it. Empty parts are left out.
#}
{% macro one_row_per_part(relation, keys, column, part) -%}
    {{ adapter.dispatch('one_row_per_part')(relation, keys | join(', '), column, part) }}
{%- endmacro %}


{% macro default__one_row_per_part(relation, keys, column, part) -%}
    (
        select distinct {{ keys }}, trim(parts.part) as {{ part }}
        from {{ relation }}
        cross join lateral unnest(string_to_array({{ column }}, ';')) as parts(part)
        where trim(parts.part) <> ''
    ) as {{ column }}_by_part
{%- endmacro %}


{% macro duckdb__one_row_per_part(relation, keys, column, part) -%}
    (
        select distinct {{ keys }}, trim(part) as {{ part }}
        from (select {{ keys }}, unnest(string_split({{ column }}, ';')) as part from {{ relation }})
        where trim(part) <> ''
    )
{%- endmacro %}
