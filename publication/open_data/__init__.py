"""The ``open-data/`` folder of a release: a data package made of what the release tells, and of nothing else.

`package.write_open_package` writes it; ``publication/open_data.yml`` holds its words. Values come from the release's
own ``figures.csv`` and marts, after disclosure control; labels come from the candidate's registry.
"""
