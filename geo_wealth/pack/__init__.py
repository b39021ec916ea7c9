"""The decision pack: what a decision about a pilot rests on, as files that can be checked."""
