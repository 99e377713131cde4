"""Arrays that live from batch to batch and are updated where they lie.

Parameters, running statistics, moments of a gradient: a copy would take the update, and its owner
would never see it. So these are the only arrays that are refused rather than copied.
"""

import numpy as np

from tuiconv_kernels.checks import Array, float_array


def state_array(function: str, name: str, value: Array, axes: str) -> Array:
    """Return an array over the memory of `value`, ready to be written to by a kernel.

    Args:
        function: The public function, for the message.
        name: The argument, for the message.
        value: float32 or float64, contiguous and writable.
        axes: The axes it must have, as for `float_array`.

    Raises:
        ValueError: If it is not such an array.
    """
    flaw = ""
    if not isinstance(value, np.ndarray):
        flaw = f"a {type(value).__name__}"
    elif not value.flags.writeable:
        flaw = "a read-only array"
    elif not value.flags.carray:
        flaw = f"an array of {value.dtype} with strides {value.strides}"
    if flaw:
        raise ValueError(
            f"{function}: {name} is {flaw}; it is updated in place, so a contiguous, writable "
            "array is needed"
        )
    return float_array(function, name, value, axes)
