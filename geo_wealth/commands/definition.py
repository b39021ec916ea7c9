"""``geo-wealth definition``: definitions of local, ready-made and one's own."""

from geo_wealth.commands.named import Kind, commands

app = commands(
    Kind("definition", "definition", "definition", "Definitions of local", "west-yorkshire")
)
