"""How well payees are matched: the labelled sample, and what a matching is worth on it."""
