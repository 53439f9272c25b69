"""Plaquettes: publications of fixed length, laid out as data, then printed as a page and as a PDF."""
