{#
    Leaner than dbt's own, which make each object beside the old one, rename it twice and drop it. A build always starts from
    a fresh file, so there is nothing to keep. No hooks, grants or contracts: no view of this project has any.
#}
{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {% call statement('main') -%}
        create or replace view {{ target_relation.render() }} as (
            {{ sql }}
        )
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{# A data test that stores its faulty rows only when there are some: most tests pass, and cost one query. #}
{% materialization test, adapter='duckdb' %}
    {%- set stored = api.Relation.create(
        identifier=model['alias'], schema=schema, database=database, type='table'
    ) -%}
    {% call statement('main', fetch_result=True) -%}
        {{ get_test_sql(sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
    {%- endcall %}
    {%- set faulty = load_result('main')['data'][0][0] > 0 and should_store_failures() -%}
    {% if faulty %}
        {% call statement('stored', auto_begin=True) -%}
            create or replace table {{ stored.render() }} as (
                {{ sql }}
            )
        {%- endcall %}
        {{ adapter.commit() }}
    {% endif %}
    {{ return({'relations': [stored] if faulty else []}) }}
{% endmaterialization %}
