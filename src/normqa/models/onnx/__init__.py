"""Models in ONNX format, run by onnxruntime without torch."""
