"""Rows → what readers see: versions written whole, staged, published in one switch, kept; and the memory of what was extracted."""
