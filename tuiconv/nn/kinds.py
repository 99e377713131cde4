"""Which layer brings which spec to life."""

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import Spec
from tuiconv.nn.activations import ReLU, ScaledTanh, Shrink, Sigmoid, Tanh
from tuiconv.nn.layers import Conv, FullyConnected, Layer, Local, Softmax
from tuiconv.nn.pooling import AvgPool, GlobalAvgPool, LpPool, MaxPool, Subsample

KINDS: dict[type[Spec], type[Layer]] = {
    specs.Conv: Conv,
    specs.Local: Local,
    specs.FullyConnected: FullyConnected,
    specs.MaxPool: MaxPool,
    specs.AvgPool: AvgPool,
    specs.LpPool: LpPool,
    specs.GlobalAvgPool: GlobalAvgPool,
    specs.Subsample: Subsample,
    specs.ReLU: ReLU,
    specs.Tanh: Tanh,
    specs.ScaledTanh: ScaledTanh,
    specs.Sigmoid: Sigmoid,
    specs.Shrink: Shrink,
    specs.Softmax: Softmax,
}
"""The layer that brings each kind of spec to life."""
