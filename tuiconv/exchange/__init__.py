"""Networks as other programs have them: PyTorch source, and ONNX files in both directions.

An ONNX file of ours has, in `metadata_props`, what a checkpoint has in its header.
"""

SPEC = "spec"
"""The key of the network in the layer-pattern language, from which it is read back exactly."""
