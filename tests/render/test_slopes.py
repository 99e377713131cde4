from tuiconv.nn.gradient_check import Slope
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.slopes import slopes_table


def test_a_row_has_both_gradients_their_error_and_the_verdict():
    slopes = [Slope("w[0]", 1.0, 0.5, 0.5, 1e-5), Slope("b[1]", 0.0, -2.0, 1.0, 1e-7)]
    table = slopes_table(slopes, Display(ColorDepth.NONE))
    assert list(zip(*(column.cells for column in table.columns), strict=True)) == [
        ("w[0]", "0.5", "0.5", "0.0e+00", "agree"),
        ("b[1]", "-2", "1", "1.5e+00", "DISAGREE"),
    ]
