"""Which layer brings which spec to life."""

from tuiconv.arithmetic import joins
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import Spec
from tuiconv.nn.activations import LeakyReLU, ReLU, ReLU6, ScaledTanh, Shrink, Sigmoid, Tanh
from tuiconv.nn.batch_norm import BatchNorm
from tuiconv.nn.causal import CausalConv
from tuiconv.nn.dropout import Dropout
from tuiconv.nn.enlarging import Shuffle, TransposedConv, Unshuffle
from tuiconv.nn.joins import Add, Concat, Join, Product
from tuiconv.nn.layers import Conv, Flatten, FullyConnected, Layer, Local, Softmax
from tuiconv.nn.local_norm import DivisiveNorm, ResponseNorm, SubtractiveNorm
from tuiconv.nn.pooling import (
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    LogProbPool,
    LpPool,
    MaxPool,
    Subsample,
)
from tuiconv.nn.whitening import Whiten

KINDS: dict[type[Spec], type[Layer] | type[Join]] = {
    specs.Conv: Conv,
    specs.Local: Local,
    specs.CausalConv: CausalConv,
    specs.TransposedConv: TransposedConv,
    specs.Shuffle: Shuffle,
    specs.Unshuffle: Unshuffle,
    specs.FullyConnected: FullyConnected,
    specs.MaxPool: MaxPool,
    specs.AvgPool: AvgPool,
    specs.LpPool: LpPool,
    specs.LogProbPool: LogProbPool,
    specs.GlobalAvgPool: GlobalAvgPool,
    specs.GlobalMaxPool: GlobalMaxPool,
    specs.Subsample: Subsample,
    specs.ReLU: ReLU,
    specs.ReLU6: ReLU6,
    specs.LeakyReLU: LeakyReLU,
    specs.Tanh: Tanh,
    specs.ScaledTanh: ScaledTanh,
    specs.Sigmoid: Sigmoid,
    specs.Shrink: Shrink,
    specs.Flatten: Flatten,
    specs.Dropout: Dropout,
    specs.BatchNorm: BatchNorm,
    specs.Whiten: Whiten,
    specs.SubtractiveNorm: SubtractiveNorm,
    specs.DivisiveNorm: DivisiveNorm,
    specs.ResponseNorm: ResponseNorm,
    specs.Softmax: Softmax,
    joins.Residual: Add,
    joins.Concat: Concat,
    joins.Product: Product,
}
"""The layer that brings each kind of spec to life."""
