{{ completed_answers_wide(
    ref('int_answers__completed'), ref('stg_intake__responses'), ref('stg_returns__answers_wide')
) }}
