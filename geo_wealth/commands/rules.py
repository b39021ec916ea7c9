"""``geo-wealth rules``: which payments are in, ready-made and one's own."""

from geo_wealth.commands.named import Kind, commands

app = commands(Kind("rules", "rules", "rule set", "Which payments are in", "third-party"))
