"""Training: a run stepped forward and back, the layers as they learn, the chain rule in numbers."""
