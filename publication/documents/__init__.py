"""The document model: plans, blocks, wording, and its pages in HTML and PDF."""
