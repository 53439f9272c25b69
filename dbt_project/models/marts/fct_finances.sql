select
    answers.campaign,
    answers.structure_id,
    answers.structure_type,
    {{ section_columns(['finances'], 'answers') }}
from {{ ref('stg_returns__answers_wide') }} as answers
order by answers.campaign, answers.structure_id
