"""Drawing a pilot area: connected neighbourhoods under a cap of residents, and how good."""
