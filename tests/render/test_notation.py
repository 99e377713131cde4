from tuiconv.arithmetic import parse
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.notation import notation_of

UNICODE, ASCII = (Display(ColorDepth.NONE, unicode=unicode) for unicode in (True, False))
FLAT = notation_of(parse("INPUT(3,8,9)"), UNICODE)
LINE = notation_of(parse("INPUT(3,8)"), UNICODE)


def test_equal_sides_are_said_once():
    assert FLAT.pair((5, 5)) == "5"
    assert FLAT.pair((3, 5)) == "3×5"


def test_unequal_padding_is_said_for_both_ends():
    assert FLAT.pair(((1, 2), (1, 2))) == "1+2"
    assert FLAT.pair((0, (1, 2))) == "0×1+2"
    assert FLAT.pair(((0, 0), 0)) == "0"


def test_in_one_dimension_the_height_of_one_row_is_left_out():
    assert LINE.shape((6, 1, 28)) == "6×28"
    assert LINE.pair((1, 5)) == "5"
    assert LINE.sides((1, 28)) == "28"
    assert LINE.shape((84,)) == "84"


def test_in_two_dimensions_nothing_is_left_out():
    assert FLAT.shape((6, 1, 28)) == "6×1×28"
    assert FLAT.sides((1, 28)) == "1×28"


def test_a_formula_is_said_once_or_for_rows_and_columns():
    layers = parse("INPUT(3,8,8) -> POOL(2) -> RELU").layers
    assert FLAT.formula(layers[1]) == "floor((8 + 2·0 − 2) / 2) + 1 = 4"
    assert FLAT.formula(layers[2]) == ""
    unequal = parse("INPUT(3,8,9) -> CONV(2,3)").layers[1]
    rows, columns = FLAT.formula(unequal).split("; ")
    assert (rows[-3:], columns[-3:]) == ("= 6", "= 7")


def test_in_one_dimension_a_formula_is_that_of_the_length():
    conv = parse("INPUT(3,8) -> CONV(2,3)").layers[1]
    assert LINE.formula(conv) == "floor((8 + 2·0 − 3) / 1) + 1 = 6"


def test_ascii_has_its_own_signs():
    ascii_ = notation_of(parse("INPUT(3,8,9)"), ASCII)
    assert ascii_.shape((3, 8, 9)) == "3x8x9"
    assert ascii_.interval(2, 5) == "2..5"
    assert FLAT.interval(-1, 5) == "-1…5"
