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
LINK_AXES = {
    "input_ids": {1: "pieces"}, "types": {1: "pieces"}, "places": {0: "mentions"}, "members": {0: "entities", 1: "mentions"},
    "pairs": {0: "pairs"}, "nearest": {0: "pairs"}, "kinds": {0: "pairs"}, "logits": {0: "pairs"},
}  # fmt: skip


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
    """Write a mention model as ONNX with 8-bit weights.

    Args:
        model: takes `input_ids` and `attention_mask`, gives an object with `logits`.
        path: the file to write.
    """
    example = {"input_ids": torch.randint(4, 100, (2, 16)), "attention_mask": torch.ones(2, 16, dtype=torch.int64)}
    write(Logits(model), example, AXES, path)


def export_links(model: nn.Module, example: dict[str, torch.Tensor], path: Path) -> None:
    """Write a link scorer as ONNX with 8-bit weights; `example` holds its arrays for one passage."""
    write(model, example, LINK_AXES, path)


def write(model: nn.Module, example: dict[str, torch.Tensor], axes: dict[str, dict[int, str]], path: Path) -> None:
    """Trace a network with one output, `logits`, and quantise its weights."""
    with tempfile.TemporaryDirectory() as folder:
        traced, prepared = Path(folder, "traced.onnx"), Path(folder, "prepared.onnx")
        torch.onnx.export(
            model.eval(), tuple(example.values()), str(traced), input_names=list(example), output_names=["logits"], dynamic_axes=axes,
            opset_version=17, dynamo=False,
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
