"""The Convolution lesson: a kernel slides over a grid of numbers, forward and backward."""
