"""Convolution, pooling, activations, losses and filters on NumPy arrays, compiled by Numba.

Functions carry the names and parameters of `torch.nn.functional`. Arrays are float32 or float64
in the order n, c, h, w; a result has the dtype of the input. For every function `f` there is
`f_backward(grad_out, …)`, which takes the arguments of `f` and returns the gradients of its arrays
in order. All of them run without the interpreter lock and may be called from several threads at
once. `tuiconv_kernels.plain` holds the same functions as loops to read.
"""

from tuiconv_kernels.activations import (
    relu,
    relu_backward,
    scaled_tanh,
    scaled_tanh_backward,
    tanh,
    tanh_backward,
)
from tuiconv_kernels.convolution import conv2d, conv2d_backward
from tuiconv_kernels.filtering import filter2d
from tuiconv_kernels.linear import linear, linear_backward
from tuiconv_kernels.losses import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
)
from tuiconv_kernels.pooling import (
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
