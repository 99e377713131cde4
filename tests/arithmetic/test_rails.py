import pytest

from tuiconv.arithmetic import parse
from tuiconv.arithmetic.rails import rails

CONV = "CONV(4,3,pad=1)"


def drawn(text, unicode=True):
    layers = parse(f"INPUT(4,8,8) -> {text}").layers
    return [
        f"{mark}{layer.word}" for mark, layer in zip(rails(layers, unicode), layers, strict=True)
    ]


def test_a_chain_has_no_rails():
    assert drawn("RELU -> POOL(2)") == ["INPUT", "RELU", "POOL"]


def test_a_branch_stands_between_its_beginning_and_what_joins_it():
    assert drawn(f"RES[{CONV} -> RELU -> {CONV}] -> TANH") == [
        *["INPUT", "┌ CONV", "│ RELU", "│ CONV", "└ RES", "TANH"]
    ]


def test_every_later_branch_has_a_beginning_of_its_own():
    assert drawn(f"CONCAT[{CONV} -> RELU | {CONV} | TANH -> RELU]") == [
        *["INPUT", "┌ CONV", "│ RELU", "├ CONV", "├ TANH", "│ RELU", "└ CONCAT"]
    ]


def test_branches_of_branches_have_rails_beside_each_other():
    inner = f"RES[{CONV} | RELU]"
    assert drawn(f"CONCAT[TANH -> {inner} | {inner} -> TANH]") == [
        "INPUT",
        *["┌ TANH", "│┌ CONV", "│├ RELU", "│└ RES"],
        *["├┌ CONV", "│├ RELU", "│└ RES", "│ TANH"],
        "└ CONCAT",
    ]


def test_a_branch_may_begin_with_branches_down_to_any_depth():
    assert drawn(f"RES[RES[RES[{CONV}]]]") == ["INPUT", "┌┌┌ CONV", "││└ RES", "│└ RES", "└ RES"]


@pytest.mark.parametrize("text", [f"CONCAT[ | {CONV}]", f"CONCAT[{CONV} | ]"])
def test_an_empty_branch_has_no_row(text):
    assert drawn(text) == ["INPUT", "┌ CONV", "└ CONCAT"]


def test_nothing_but_empty_branches_is_a_join_alone():
    assert drawn("CONCAT[ | ]") == ["INPUT", "└ CONCAT"]


def test_in_ascii_rails_are_ascii():
    marks = drawn(f"CONCAT[{CONV} -> RELU | {CONV}]", unicode=False)
    assert marks == ["INPUT", ", CONV", "| RELU", "+ CONV", "' CONCAT"]
