-- Behind the comparison of figures.csv with the table of figures: one row per figure that differs.
select
    printed_figures.level,
    printed_figures.territory,
    printed_figures.structure_type,
    coalesce(indicators.label_fr, printed_figures.indicator)
    || case when printed_figures.breakdown = '' then '' else ', ' || printed_figures.breakdown end as label_fr,
    printed_figures.value,
    printed_figures.file_value
from printed_figures
left join registry.indicators using (indicator)
where printed_figures.differs
order by all
