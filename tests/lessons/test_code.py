import pytest

import tuiconv_kernels
from tuiconv.lessons.code import code_of
from tuiconv_kernels import plain


def heads(source):
    """The names of the functions in a source, in order."""
    return [
        line.split("(")[0].removeprefix("def ")
        for line in source.splitlines()
        if line.startswith("def ")
    ]


def test_of_an_operation_there_is_the_plain_twin_and_the_kernel_that_runs():
    code = code_of("max_pool2d")
    assert heads(code.plain)[0] == "max_pool2d"
    assert "for " in code.plain
    assert heads(code.compiled) == ["_keep_largest"]
    assert code.compiled.startswith("@")


def test_the_plain_twin_comes_with_what_it_calls_in_its_own_module():
    assert heads(code_of("conv2d").plain) == ["conv2d", "_bias_of"]


def test_kernels_are_found_through_the_modules_they_are_called_by():
    found = heads(code_of("conv2d").compiled)
    assert found[0] == "sum_products"
    assert len(found) == len(set(found))
    assert not any("check" in name or "block" in name for name in found)


def test_an_operation_that_needs_no_kernel_is_shown_as_it_is():
    assert heads(code_of("relu").compiled)[0] == "relu"


@pytest.mark.parametrize("operation", sorted(plain.__all__))
def test_every_operation_of_the_library_has_code(operation):
    code = code_of(operation)
    assert f"def {operation}(" in code.plain
    assert getattr(tuiconv_kernels, operation)
    compile(code.plain, operation, "exec")
    compile(code.compiled, operation, "exec")
