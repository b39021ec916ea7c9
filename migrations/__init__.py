"""The schema, step by step: ``versions`` holds them in sequence."""
