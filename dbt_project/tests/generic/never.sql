{# Rows where `condition` holds, though it never should; `show` are the columns that name them. #}
{% test never(model, condition, show) %}
    select {{ show | join(', ') }}
    from {{ model }}
    where {{ condition }}
{% endtest %}
