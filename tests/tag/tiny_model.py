"""A static embedding model of a few words, as model2vec stores one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

UNKNOWN = "[UNK]"

needs_packages = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("safetensors", "tokenizers")),
    reason='reading embeddings needs: pip install "cxlink[embeddings]"',
)


def write_model(folder: Path, vectors: Mapping[str, Sequence[float]], **tensors: Any) -> Path:
    """Write one vector a word; words that it does not know have one too, which must not count."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    length = len(next(iter(vectors.values())))
    rows = [[99.0] * length, *vectors.values()]
    save_file({"embeddings": np.array(rows, dtype=np.float32), **tensors}, folder / "model.safetensors")
    write_words(folder, [UNKNOWN, *vectors])
    return folder


def write_words(folder: Path, words: Sequence[str]) -> None:
    """Write the tokenizer: words in lower case, parted by spaces and marks."""
    tokenizer: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": {
            "strategy": "BatchLongest",
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 1,
            "pad_type_id": 0,
            "pad_token": words[1],
        },
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: at for at, word in enumerate(words)}, "unk_token": UNKNOWN},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
