"""dbt as a step of the build: its working copy, its contracts, its run."""
