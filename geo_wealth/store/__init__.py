"""Writes: COPY to a staging table, then a merge in the caller's transaction."""
