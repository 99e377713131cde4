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
    # Layer H2 of the Bell Labs net (LeCun et al. 1989, "Backpropagation applied to handwritten zip
    # code recognition"): each of 12 maps sees 8 of 12 channels. The paper keeps to itself which;
    # here map m sees the eight from m on, around a circle, so that every channel is seen by eight.
    "belllabs": (
        "X....XXXXXXX",
        "XX....XXXXXX",
        "XXX....XXXXX",
        "XXXX....XXXX",
        "XXXXX....XXX",
        "XXXXXX....XX",
        "XXXXXXX....X",
        "XXXXXXXX....",
        ".XXXXXXXX...",
        "..XXXXXXXX..",
        "...XXXXXXXX.",
        "....XXXXXXXX",
    ),
}
"""A row for each input channel, a column for each output map, an X where the map sees it."""
