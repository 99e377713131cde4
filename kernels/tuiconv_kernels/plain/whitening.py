"""Whitening, one feature at a time; the eigenvectors by Jacobi's rotations."""

import math

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.whitening import Whitening

Float64s = npt.NDArray[np.float64]


def fit_whitening(x: Array, eps: float = 1e-5) -> Whitening:
    """Mean, covariance, its eigenvectors; along each of them, one over the deviation."""
    rows = x.reshape(len(x), -1).astype(np.float64)
    features = rows.shape[1]
    mean = np.zeros(features)
    for a in range(features):
        mean[a] = sum(rows[:, a]) / len(rows)
    covariance = np.zeros((features, features))
    for a, b in np.ndindex(features, features):
        total = sum((row[a] - mean[a]) * (row[b] - mean[b]) for row in rows)
        covariance[a, b] = total / (len(rows) - 1)
    variances, directions = _eigenvectors(covariance)
    matrix = np.zeros((features, features))
    for a, b, k in np.ndindex(features, features, features):
        deviation = math.sqrt(max(float(variances[k]), 0.0) + eps)
        matrix[a, b] += directions[a, k] * directions[b, k] / deviation
    return Whitening(mean.reshape(x.shape[1:]), matrix)


def whiten(x: Array, whitening: Whitening) -> Array:
    """Every feature becomes a weighted sum of all features, less their means."""
    out = np.zeros_like(x)
    for n in range(len(x)):
        centred = x[n].astype(np.float64) - whitening.mean
        out[n] = _times_matrix(whitening, centred)
    return out


def whiten_backward(grad_out: Array, x: Array, whitening: Whitening) -> Array:
    """The weights of the sum, used the other way round; they are the same."""
    grad_x = np.zeros_like(x)
    for n in range(len(x)):
        grad_x[n] = _times_matrix(whitening, grad_out[n].astype(np.float64))
    return grad_x


def _times_matrix(whitening: Whitening, row: Float64s) -> Float64s:
    values = row.reshape(-1)
    sums = np.zeros(len(values))
    for a in range(len(values)):
        for b in range(len(values)):
            sums[a] += float(whitening.matrix[a, b]) * float(values[b])
    return sums.reshape(row.shape)


def _eigenvectors(symmetric: Float64s) -> tuple[Float64s, Float64s]:
    """Return eigenvalues and eigenvectors (in columns) of a symmetric matrix.

    Turn the plane of two axes (a, b) so that their entry becomes 0; do so for all pairs of axes,
    again and again. What is off the diagonal shrinks until nothing is left (Jacobi 1846).
    """
    matrix, directions = symmetric.copy(), np.eye(len(symmetric))
    for _ in range(20):
        for b in range(len(matrix)):
            for a in range(b):
                angle = math.atan2(2 * matrix[a, b], matrix[b, b] - matrix[a, a]) / 2
                turn = np.eye(len(matrix))
                turn[a, a] = turn[b, b] = math.cos(angle)
                turn[a, b], turn[b, a] = math.sin(angle), -math.sin(angle)
                matrix = turn.T @ matrix @ turn
                directions = directions @ turn
    return np.diag(matrix), directions
