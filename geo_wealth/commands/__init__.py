"""The commands, one module each; ``geo_wealth.cli`` puts them together."""
