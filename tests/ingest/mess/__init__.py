"""Returns made from a truth, in every format and disorder that normalisation.csv names; and what must come of them."""
