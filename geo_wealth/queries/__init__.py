"""Reads: one module per subject, typed rows out."""
