import numpy as np

from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.pictures import Picture
from tuiconv.lessons.contact_sheet import contact_sheet
from tuiconv.lessons.scene import Pixels, Signed

PIXELS = np.random.default_rng(4).integers(0, 256, (6, 7, 3), dtype=np.uint8)
SHEET = contact_sheet("photo.png", Picture(PIXELS, "RGB"), FILTERS.values())


def test_it_has_every_filter_in_order():
    assert [panel.title for panel in SHEET.panels] == [each.name for each in FILTERS.values()]


def test_where_flat_areas_become_0_the_sums_are_shown_and_else_the_picture():
    for panel, each in zip(SHEET.panels, FILTERS.values(), strict=True):
        assert type(panel) is (Signed if each.zero_sum else Pixels)
    by_name = {panel.title: panel for panel in SHEET.panels}
    blurred = by_name["gaussian-3x3"].pixels
    np.testing.assert_array_equal(blurred, apply_filter(PIXELS, "gaussian-3x3"))
    edges = apply_filter(PIXELS.astype(np.float64), "edge-4").mean(axis=2)
    np.testing.assert_allclose(by_name["edge-4"].values, edges, atol=1e-9)


def test_how_steep_a_picture_is_is_stretched_from_black_to_white():
    for name in ("sobel", "prewitt", "scharr"):
        (panel,) = (panel for panel in SHEET.panels if panel.title == name)
        assert (panel.pixels.min(), panel.pixels.max()) == (0, 255)
