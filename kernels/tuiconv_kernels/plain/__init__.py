"""Every public function of `tuiconv_kernels` again, as the loops its formula says.

Slow and obvious: one index after the other, nothing rearranged, Python's own floats (float64) for
every sum. Arguments are taken to be valid. Read these to learn what the fast ones compute; the
tests hold the two against each other.
"""

from tuiconv_kernels.plain.activations import (
    relu,
    relu_backward,
    scaled_tanh,
    scaled_tanh_backward,
    tanh,
    tanh_backward,
)
from tuiconv_kernels.plain.convolution import conv2d, conv2d_backward
from tuiconv_kernels.plain.filtering import filter2d
from tuiconv_kernels.plain.linear import linear, linear_backward
from tuiconv_kernels.plain.losses import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
)
from tuiconv_kernels.plain.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "filter2d",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "relu_backward",
    "scaled_tanh",
    "scaled_tanh_backward",
    "tanh",
    "tanh_backward",
]
