"""Convolution, pooling, activations, losses and filters on NumPy arrays, compiled by Numba.

Functions carry the names and parameters of `torch.nn.functional`. Arrays are float32 or float64
in the order n, c, h, w; a result has the dtype of the input. For every function `f` there is
`f_backward(grad_out, …)`, which takes the arguments of `f` and returns the gradients of its arrays
in order. All of them run without the interpreter lock and may be called from several threads at
once. `tuiconv_kernels.plain` holds the same functions as loops to read.
"""

from tuiconv_kernels.activations import (
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu6,
    relu6_backward,
    relu_backward,
    scaled_tanh,
    scaled_tanh_backward,
    sigmoid,
    sigmoid_backward,
    softshrink,
    softshrink_backward,
    tanh,
    tanh_backward,
)
from tuiconv_kernels.batch_norm import batch_norm, batch_norm_backward
from tuiconv_kernels.convolution import conv2d, conv2d_backward
from tuiconv_kernels.convolution1d import conv1d, conv1d_backward
from tuiconv_kernels.dropout import dropout, dropout_backward
from tuiconv_kernels.filtering import filter2d
from tuiconv_kernels.global_pooling import (
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
)
from tuiconv_kernels.linear import linear, linear_backward
from tuiconv_kernels.local import local2d, local2d_backward
from tuiconv_kernels.local_norm import (
    divisive_norm,
    divisive_norm_backward,
    subtractive_norm,
    subtractive_norm_backward,
)
from tuiconv_kernels.losses import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    mse_loss,
    mse_loss_backward,
    multi_margin_loss,
    multi_margin_loss_backward,
    softmax,
    softmax_backward,
)
from tuiconv_kernels.optimizers import (
    adagrad_step,
    adam_step,
    momentum_step,
    natural_gradient_step,
    rmsprop_step,
    sgd_step,
)
from tuiconv_kernels.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_with_indices,
)
from tuiconv_kernels.response_norm import local_response_norm, local_response_norm_backward
from tuiconv_kernels.shuffle import (
    pixel_shuffle,
    pixel_shuffle_backward,
    pixel_unshuffle,
    pixel_unshuffle_backward,
)
from tuiconv_kernels.soft_pooling import (
    log_prob_pool2d,
    log_prob_pool2d_backward,
    lp_pool2d,
    lp_pool2d_backward,
)
from tuiconv_kernels.subsampling import subsample2d, subsample2d_backward
from tuiconv_kernels.transposed import conv_transpose2d, conv_transpose2d_backward
from tuiconv_kernels.warping import beside, elastic_field, warp
from tuiconv_kernels.whitening import Whitening, fit_whitening, whiten, whiten_backward

__all__ = [
    "Whitening",
    "adagrad_step",
    "adam_step",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "beside",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "divisive_norm",
    "divisive_norm_backward",
    "dropout",
    "dropout_backward",
    "elastic_field",
    "filter2d",
    "fit_whitening",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "local2d",
    "local2d_backward",
    "local_response_norm",
    "local_response_norm_backward",
    "log_prob_pool2d",
    "log_prob_pool2d_backward",
    "log_softmax",
    "log_softmax_backward",
    "lp_pool2d",
    "lp_pool2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_with_indices",
    "momentum_step",
    "mse_loss",
    "mse_loss_backward",
    "multi_margin_loss",
    "multi_margin_loss_backward",
    "natural_gradient_step",
    "pixel_shuffle",
    "pixel_shuffle_backward",
    "pixel_unshuffle",
    "pixel_unshuffle_backward",
    "relu",
    "relu6",
    "relu6_backward",
    "relu_backward",
    "rmsprop_step",
    "scaled_tanh",
    "scaled_tanh_backward",
    "sgd_step",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "softshrink",
    "softshrink_backward",
    "subsample2d",
    "subsample2d_backward",
    "subtractive_norm",
    "subtractive_norm_backward",
    "tanh",
    "tanh_backward",
    "warp",
    "whiten",
    "whiten_backward",
]
