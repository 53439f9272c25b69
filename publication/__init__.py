"""A candidate that passed the gate in; an immutable release out: figures, sheets, open data, a file for BI.

The room reads a candidate's Parquet and its verdict. It knows neither dbt nor a raw answer, and no number is typed by
hand: whatever a page prints is a reference to a row of `figures`.
"""
