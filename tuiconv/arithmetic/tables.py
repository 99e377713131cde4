"""Connection tables of convolutions, by name: which feature maps see which channels."""

TABLES: dict[str, tuple[str, ...]] = {
    # Layer C3 of LeNet-5 (LeCun et al. 1998, Table I): six maps see three neighbouring channels,
    # six see four neighbours, three see two pairs of neighbours, the last sees all.
    "lenet5": (
        "X...XXX..XXXX.XX",
        "XX...XXX..XXXX.X",
        "XXX...XXX..X.XXX",
        ".XXX..XXXX..X.XX",
        "..XXX..XXXX.XX.X",
        "...XXX..XXXX.XXX",
    ),
}
"""A row for each input channel, a column for each output map, an X where the map sees it."""
