"""Boundaries of wards that IT staff import: read (importing), kept (books), drawn (live). See docs/boundaries.md."""
