"""Networks that run and learn: specs brought to life on the kernels."""
