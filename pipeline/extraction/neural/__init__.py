"""Trained models at run time: text in, mentions and link scores out; onnxruntime only, torch for configured Hugging Face models."""
