"""The publication gate: may this candidate be published, and if not, what is to be fixed and by whom?

Checks, thresholds, waivers and watched variables are data (`checks.yaml`, `*.csv`); each frame that a check looks at
is one SQL file over the candidate's Parquet (`frames/`). Great Expectations decides.
"""
