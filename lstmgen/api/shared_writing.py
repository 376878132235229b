"""Writing on several processes: rank 0 reads the model and the prompt, all write, rank 0 shows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from lstmgen.api.inference import adapt_model, writing_network
from lstmgen.api.model import Model
from lstmgen.modelfile import read_model
from lstmgen.ranks.single import Ranks
from lstmgen.sampling.generator import generate
from lstmgen.sampling.request import SamplingRequest
from lstmgen.sampling.sample import TextChunk
from lstmgen.sampling.shared import follow_samples, lead_samples
from lstmgen.settings import InferenceSettings, SamplingSettings

_FILE, _SHARED = "file", "shared"


def can_share(model: Model, settings: SamplingSettings, inference: InferenceSettings) -> bool:
    """Whether no sample needs to know another one or the training text."""
    alone = settings.novel is not None or inference.ngram_weight is not None
    return not alone and (settings.allow_copies or not model.lines)


def lead_writing(
    ranks: Ranks, model: Model, plain: Path, request: SamplingRequest, inference: InferenceSettings,
    clamps: Sequence[str],
) -> Iterator[TextChunk]:  # fmt: skip
    """The samples of a request. model: as it writes; plain: the file that it was read from."""
    with ranks.order():
        ranks.broadcast_record(
            {
                "settings": asdict(request.settings),
                "prompt": request.prompt,
                "ids": request.ids.tolist(),
                "echo": request.echo,
                "adapt": inference.adapt,
                "adapt_rate": inference.adapt_rate,
                "clamps": list(clamps),
                "size": plain.stat().st_size,
            }
        )
        ranks.broadcast(np.frombuffer(plain.read_bytes(), np.uint8).copy())
    network = writing_network(model)
    return lead_samples(
        ranks,
        request.settings.num_samples,
        lambda some: generate(network, model.vocabulary, request, samples=some),
    )


def follow_writing(ranks: Ranks) -> None:
    """Share the writing that rank 0 leads, until it ends, by SystemExit."""
    ranks.next_order()
    told = ranks.broadcast_record()
    data = np.zeros(told["size"], np.uint8)
    ranks.broadcast(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.npz")
        path.write_bytes(data.tobytes())
        model = Model(read_model(path))
    request = model.request(told["prompt"], echo=told["echo"], **told["settings"])
    if told["adapt"]:
        model = adapt_model(model, np.array(told["ids"], np.int32), told["adapt_rate"])
    if told["clamps"]:
        model = model.clamped(*told["clamps"])
    network = writing_network(model)
    follow_samples(ranks, lambda some: generate(network, model.vocabulary, request, samples=some))
