"""Builds the ONNX graph of all-MiniLM-L6-v2 from its published weights: token ids and mask in, mean-pooled unit vectors out.

The architecture is BERT's (https://arxiv.org/abs/1810.04805), pooled as sentence-transformers does; no torch is needed.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 20


def build_int8(model_dir: Path, target: Path) -> None:
    """Write the model in `model_dir` (config.json, model.safetensors) to `target`, matrix products quantised to int8.

    Takes some seconds and 400 MB; `target` appears whole or not at all.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata
    from safetensors.numpy import load_file

    weights = {name.removeprefix("bert."): value for name, value in load_file(model_dir / "model.safetensors").items()}
    config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        full, small = Path(folder, "full.onnx"), Path(folder, "int8.onnx")
        model = BertGraph(weights, config).model()
        # Its shapes are fixed already; unmarked, the quantiser would warn that they were not inferred.
        add_pre_process_metadata(model)
        onnx.save(model, full)
        quantize_dynamic(full, small, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"], per_channel=True)
        os.replace(small, target)  # noqa: PTH105  (Path.replace is the same call; this one says that it is atomic)


class BertGraph:
    """Collects the nodes of one BERT encoder; `weights` are the published tensors, `config` the published configuration."""

    def __init__(self, weights: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        self._weights = weights
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._width: int = config["hidden_size"]
        self._epsilon: float = config["layer_norm_eps"]
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def model(self) -> Any:
        """The checked ONNX model: `ids`, `mask` int64 (batch, tokens) -> `embedding` float32 (batch, width)."""
        import onnx
        from onnx import TensorProto, helper

        hidden, mask = self._embeddings(), self._node("Cast", "mask", to=TensorProto.FLOAT)
        bias = self._attention_bias(mask)
        for layer in range(self._layers):
            hidden = self._layer(hidden, bias, f"encoder.layer.{layer}.")
        self._pool(hidden, mask)
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("ids", "mask")]
        output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", self._width])
        graph = helper.make_graph(self._nodes, "minilm", inputs, [output], list(self._constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 9
        onnx.checker.check_model(model)
        return model

    def _embeddings(self) -> str:
        words = self._node("Gather", self._weight("embeddings.word_embeddings.weight"), "ids")
        length = self._node("Gather", self._node("Shape", "ids"), self._number("axis_1", 1))
        places = self._node("Range", self._number("zero", 0), length, self._number("one", 1))
        positions = self._node("Gather", self._weight("embeddings.position_embeddings.weight"), places)
        segment = self._constant("segment", self._tensor("embeddings.token_type_embeddings.weight")[0])
        total = self._node("Add", self._node("Add", words, positions), segment)
        return self._norm(total, "embeddings.LayerNorm")

    def _attention_bias(self, mask: str) -> str:
        one = self._constant("one_float", np.array(1, np.float32))
        hidden = self._node("Sub", one, self._node("Unsqueeze", mask, self._axes("axes_12", 1, 2)))
        return self._node("Mul", hidden, self._constant("minus_much", np.array(-1e4, np.float32)))

    def _layer(self, hidden: str, bias: str, prefix: str) -> str:
        context = self._attention(hidden, bias, prefix + "attention.self.")
        attended = self._node("Add", self._linear(context, prefix + "attention.output.dense"), hidden)
        hidden = self._norm(attended, prefix + "attention.output.LayerNorm")
        wide = self._node("Gelu", self._linear(hidden, prefix + "intermediate.dense"))
        return self._norm(self._node("Add", self._linear(wide, prefix + "output.dense"), hidden), prefix + "output.LayerNorm")

    def _attention(self, hidden: str, bias: str, prefix: str) -> str:
        size = self._width // self._heads
        split = self._axes("split_heads", 0, 0, self._heads, size)
        query, key, value = (self._node("Reshape", self._linear(hidden, prefix + part), split) for part in ("query", "key", "value"))
        query, value = (self._node("Transpose", part, perm=[0, 2, 1, 3]) for part in (query, value))
        products = self._node("MatMul", query, self._node("Transpose", key, perm=[0, 2, 3, 1]))
        scaled = self._node("Div", products, self._constant("root", np.array(size**0.5, np.float32)))
        shares = self._node("Softmax", self._node("Add", scaled, bias), axis=-1)
        mixed = self._node("Transpose", self._node("MatMul", shares, value), perm=[0, 2, 1, 3])
        return self._node("Reshape", mixed, self._axes("join_heads", 0, 0, self._width))

    def _pool(self, hidden: str, mask: str) -> None:
        counted = self._node("Unsqueeze", mask, self._axes("axes_2", 2))
        total = self._node("ReduceSum", self._node("Mul", hidden, counted), self._axes("axes_1", 1), keepdims=0)
        count = self._node("ReduceSum", counted, self._axes("axes_1", 1), keepdims=0)
        self._node("LpNormalization", self._node("Div", total, count), output="embedding", axis=-1, p=2)

    def _linear(self, value: str, name: str) -> str:
        kernel = self._constant(name + ".kernel", self._tensor(name + ".weight").T)
        return self._node("Add", self._node("MatMul", value, kernel), self._weight(name + ".bias"))

    def _norm(self, value: str, name: str) -> str:
        scale, shift = self._weight(name + ".weight"), self._weight(name + ".bias")
        return self._node("LayerNormalization", value, scale, shift, axis=-1, epsilon=self._epsilon)

    def _node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def _tensor(self, name: str) -> NDArray[np.float32]:
        return self._weights[name].astype(np.float32)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._tensor(name))

    def _number(self, name: str, value: int) -> str:
        return self._constant(name, np.array(value, np.int64))

    def _axes(self, name: str, *values: int) -> str:
        return self._constant(name, np.array(values, np.int64))

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        if name not in self._constants:
            # ascontiguousarray would make a 0-d array 1-d
            self._constants[name] = numpy_helper.from_array(value.copy(order="C"), name)
        return name
