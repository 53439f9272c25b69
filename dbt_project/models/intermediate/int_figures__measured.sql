{{ measured_figures('figure_expressions') }}
