"""Shapes, colours and places: SVG, palette, geography, maps."""
