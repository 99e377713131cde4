"""What networks of ours have and PyTorch lacks. `pytorch_source` copies from here what it needs.

Only where PyTorch is installed can this module be imported; nothing of ours does.
"""

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it


class PartialConv2d(nn.Conv2d):
    """A convolution whose maps see some of the channels only: one kernel for every X of a table.

    The table has a row for each channel and a column for each map. In a state_dict the weight is
    that of nn.Conv2d, (maps, channels, height, width), with zeros where there is no X.
    """

    def __init__(self, *sizes: object, table: tuple[str, ...], **options: object) -> None:
        super().__init__(*sizes, **options)
        seen = torch.tensor([[cell == "X" for cell in row] for row in table])
        channels, maps = seen.nonzero(as_tuple=True)
        self.register_buffer("channels", channels, persistent=False)
        self.register_buffer("maps", maps, persistent=False)
        self.weight: nn.Parameter = nn.Parameter(self.weight.detach()[maps, channels])

    def dense(self, kernels: torch.Tensor) -> torch.Tensor:
        """The kernels in their places among zeros."""
        weight = kernels.new_zeros(self.out_channels, self.in_channels, *self.kernel_size)
        weight[self.maps, self.channels] = kernels
        return weight

    def _conv_forward(
        self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        return super()._conv_forward(x, self.dense(weight), bias)

    def _save_to_state_dict(
        self, destination: dict[str, torch.Tensor], prefix: str, keep_vars: bool
    ) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        destination[prefix + "weight"] = self.dense(destination[prefix + "weight"])

    def _load_from_state_dict(
        self, state_dict: dict[str, torch.Tensor], prefix: str, *others: object
    ) -> None:
        if prefix + "weight" in state_dict:
            kernels = state_dict[prefix + "weight"][self.maps, self.channels]
            state_dict = {**state_dict, prefix + "weight": kernels}
        super()._load_from_state_dict(state_dict, prefix, *others)


class UnitBiasConv2d(nn.Conv2d):
    """A convolution with a bias for every unit, not for every map, as in the nets of 1989."""

    def __init__(self, *sizes: object, units: tuple[int, ...], **options: object) -> None:
        super().__init__(*sizes, bias=False, **options)
        self.bias = nn.Parameter(torch.zeros(units))

    def _conv_forward(
        self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
    ) -> torch.Tensor:
        return super()._conv_forward(x, weight, None) + bias


class PartialUnitBiasConv2d(PartialConv2d, UnitBiasConv2d):
    """Both: some of the channels only, and a bias for every unit."""


class LocallyConnected2d(nn.Module):
    """A convolution that shares nothing: every unit has a kernel and a bias of its own."""

    def __init__(
        self,
        channels: int,
        units: tuple[int, int, int],
        kernel_size: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        bias: bool = True,
    ) -> None:
        super().__init__()
        height, width = self.kernel_size = kernel_size
        self.stride = stride
        scale = (channels * height * width) ** -0.5
        self.weight = nn.Parameter(scale * torch.randn(*units, channels, height, width))
        self.bias = nn.Parameter(torch.zeros(units)) if bias else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Cut out the windows (n, c, i, j, u, v); multiply with the kernels (o, i, j, c, u, v)."""
        (height, width), (down, across) = self.kernel_size, self.stride
        windows = x.unfold(2, height, down).unfold(3, width, across)
        out = torch.einsum("ncijuv,oijcuv->noij", windows, self.weight)
        return out if self.bias is None else out + self.bias


class Subsample(nn.Module):
    """LeNet's subsampling: the average of every window, times a gain, plus a bias, for each map."""

    def __init__(self, maps: int, kernel_size: object, stride: object = None) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride
        self.gain = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of maps (n, c, h, w)."""
        x = F.avg_pool2d(x, self.kernel_size, self.stride)
        return x * self.gain[:, None, None] + self.bias[:, None, None]


class Whiten(nn.Module):
    """ZCA whitening: the image less a mean, times a symmetric matrix; neither is learned."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("matrix", torch.eye(self.mean.numel()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of images (n, c, h, w)."""
        return (torch.flatten(x - self.mean, 1) @ self.matrix).view_as(x)


class LocalNorm(nn.Module):
    """What compares every cell with its neighbourhood, under a Gaussian window."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        rows, columns = (
            torch.exp(-8 * (torch.arange(size) - size // 2) ** 2 / size**2)  # a deviation of size/4
            for size in (height, width)
        )
        self.register_buffer("window", torch.outer(rows, columns)[None, None], persistent=False)
        self.padding = (height // 2, width // 2)

    def local_mean(self, x: torch.Tensor) -> torch.Tensor:
        """The weighted mean, over all channels, of those cells around each that there are."""
        means = x.mean(dim=1, keepdim=True)
        sums = F.conv2d(means, self.window, padding=self.padding)
        return sums / F.conv2d(torch.ones_like(means), self.window, padding=self.padding)


class SubtractiveNorm(LocalNorm):
    """Every cell less the mean around it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of maps (n, c, h, w)."""
        return x - self.local_mean(x)


class DivisiveNorm(LocalNorm):
    """Every cell divided by the contrast around it, or by the image's mean contrast if larger."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of maps (n, c, h, w)."""
        contrast = self.local_mean(x**2).sqrt()
        mean = contrast.mean(dim=(2, 3), keepdim=True)
        return x / torch.maximum(contrast, mean).clamp(min=1e-4)


def avg_pool2d_inside(
    x: torch.Tensor, pads: tuple[int, ...], kernel_size: object, **options: object
) -> torch.Tensor:
    """The mean of those cells of every window that lie on the maps (n, c, h, w)."""
    means, shares = (
        F.avg_pool2d(F.pad(each, pads), kernel_size, **options)
        for each in (x, torch.ones_like(x[:1, :1]))
    )
    return means / shares
