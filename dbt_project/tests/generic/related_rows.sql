{# Rows (those that satisfy `where`) whose `columns` are in no row of `to` (those that satisfy `to_where`). #}
{% test related_rows(model, columns, to, where='true', to_where='true') %}
    select distinct
        {%- for column in columns %}
        here.{{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from (select * from {{ model }} where {{ where }}) as here
    left join (select * from {{ to }} where {{ to_where }}) as there
        on {% for column in columns -%}
            {% if not loop.first %} and {% endif %}here.{{ column }} = there.{{ column }}
        {%- endfor %}
    where there.{{ columns[0] }} is null
{% endtest %}
