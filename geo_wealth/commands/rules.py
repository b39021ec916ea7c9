"""``geo-wealth rules``: which payments are in, ready-made and one's own."""

from geo_wealth.commands.named import Kind, commands

app = commands(
    Kind(
        kind="rules",
        command="rules",
        called="rule set",
        plural="Rule sets, ready-made and your own: which payments are in",
        example="third-party",
        other="all-payments",
    )
)
