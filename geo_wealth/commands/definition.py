"""``geo-wealth definition``: definitions of local, ready-made and one's own."""

from geo_wealth.commands.named import Kind, commands

app = commands(
    Kind(
        kind="definition",
        command="definition",
        called="definition",
        plural="Definitions of local, ready-made and your own",
        example="west-yorkshire",
        other="kirklees",
    )
)
