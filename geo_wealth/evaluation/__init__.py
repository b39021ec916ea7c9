"""Did it work: comparison areas, their balance, effects, and what could have been seen."""
