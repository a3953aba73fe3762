"""Turns a trained Hugging Face folder into the ONNX file that ships: traced, then weights quantised to 8 bits.

Weights of the matrix products are quantised per channel and activations at run time (onnxruntime dynamic quantisation); the word
embeddings per tensor.

    python -m models.training.export --model build/mentions --out models/mentions
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

AXES = {"input_ids": {0: "rows", 1: "pieces"}, "attention_mask": {0: "rows", 1: "pieces"}, "logits": {0: "rows"}}


class Logits(nn.Module):
    """A model reduced to ids and mask in, logits out."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """The logits alone."""
        logits: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        return logits


def export(model: nn.Module, path: Path) -> None:
    """Write a model as ONNX with 8-bit weights.

    Args:
        model: takes `input_ids` and `attention_mask`, gives an object with `logits`.
        path: the file to write.
    """
    example = (torch.randint(4, 100, (2, 16)), torch.ones(2, 16, dtype=torch.int64))
    with tempfile.TemporaryDirectory() as folder:
        traced, prepared = Path(folder, "traced.onnx"), Path(folder, "prepared.onnx")
        torch.onnx.export(
            Logits(model).eval(), example, str(traced), input_names=["input_ids", "attention_mask"], output_names=["logits"],
            dynamic_axes=AXES, opset_version=17, dynamo=False,
        )  # fmt: skip
        quant_pre_process(str(traced), str(prepared), skip_symbolic_shape=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        quantize_dynamic(str(prepared), str(path), op_types_to_quantize=["MatMul", "Gather"], per_channel=True, weight_type=QuantType.QInt8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Export one token-classification folder."""
    from transformers import BertForTokenClassification

    parser = argparse.ArgumentParser(description="Export a trained mention model as ONNX with 8-bit weights.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder that gets model.onnx")
    options = parser.parse_args(arguments)
    export(BertForTokenClassification.from_pretrained(options.model, attn_implementation="eager"), options.out / "model.onnx")
    print(f"{(options.out / 'model.onnx').stat().st_size / 1e6:.1f} MB → {options.out / 'model.onnx'}")


if __name__ == "__main__":
    main()
