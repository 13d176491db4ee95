"""Names of TensorFlow operations that both sides know: who runs a frozen graph, and who reads it as a network."""

# What multiplies values with a weight.
KERNEL_OPERATIONS = frozenset(
    [
        "MatMul",
        "BatchMatMulV2",
        "BatchMatMulV3",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "DepthwiseConv2dNative",
        "Conv2DBackpropInput",
        "Conv3DBackpropInputV2",
        "Einsum",
    ]
)
# What depends on the shape of the input only, not on its numbers.
SHAPE_OPERATIONS = frozenset({"Shape", "ShapeN", "Size", "Rank", "NoOp"})
