"""Every public function of `tuiconv_kernels` again, as the loops its formula says.

Slow and obvious: one index after the other, nothing rearranged, Python's own floats (float64) for
every sum. Arguments are taken to be valid. Read these to learn what the fast ones compute; the
tests hold the two against each other.
"""

from tuiconv_kernels.plain.activations import (
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
from tuiconv_kernels.plain.batch_norm import batch_norm, batch_norm_backward
from tuiconv_kernels.plain.convolution import conv2d, conv2d_backward
from tuiconv_kernels.plain.convolution1d import conv1d, conv1d_backward
from tuiconv_kernels.plain.dropout import dropout, dropout_backward
from tuiconv_kernels.plain.filtering import filter2d
from tuiconv_kernels.plain.global_pooling import (
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
)
from tuiconv_kernels.plain.linear import linear, linear_backward
from tuiconv_kernels.plain.local import local2d, local2d_backward
from tuiconv_kernels.plain.local_norm import (
    divisive_norm,
    divisive_norm_backward,
    subtractive_norm,
    subtractive_norm_backward,
)
from tuiconv_kernels.plain.losses import (
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
from tuiconv_kernels.plain.optimizers import (
    adagrad_step,
    adam_step,
    momentum_step,
    natural_gradient_step,
    rmsprop_step,
    sgd_step,
)
from tuiconv_kernels.plain.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_with_indices,
)
from tuiconv_kernels.plain.response_norm import local_response_norm, local_response_norm_backward
from tuiconv_kernels.plain.shuffle import (
    pixel_shuffle,
    pixel_shuffle_backward,
    pixel_unshuffle,
    pixel_unshuffle_backward,
)
from tuiconv_kernels.plain.soft_pooling import (
    log_prob_pool2d,
    log_prob_pool2d_backward,
    lp_pool2d,
    lp_pool2d_backward,
)
from tuiconv_kernels.plain.subsampling import subsample2d, subsample2d_backward
from tuiconv_kernels.plain.transposed import conv_transpose2d, conv_transpose2d_backward
from tuiconv_kernels.plain.warping import beside, elastic_field, warp
from tuiconv_kernels.plain.whitening import fit_whitening, whiten, whiten_backward

__all__ = [
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
