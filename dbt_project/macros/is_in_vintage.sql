{# Whether a territory exists in a campaign: both bounds included, an empty bound is open. #}
{% macro is_in_vintage(campaign, territory) -%}
    {{ campaign }} between coalesce({{ territory }}.vintage_from, {{ campaign }})
        and coalesce({{ territory }}.vintage_to, {{ campaign }})
{%- endmacro %}
