"""Our network in PyTorch: the same first weights, the same logits, each token's loss."""

import numpy as np
import torch
from torch.nn.functional import cross_entropy, embedding, one_hot

from lstmgen.network import parameter_views
from lstmgen.settings import Architecture
from tests.bench.sides.pytorch import take_layer

SCORED = 512  # tokens of a row at once


class Language(torch.nn.Module):
    """Our network: one-hot or embedded tokens, LSTM layers, an output layer that reads the last or the sum of all."""

    def __init__(self, shape: Architecture, flat: np.ndarray) -> None:
        super().__init__()
        weights, self.shape = parameter_views(shape, flat), shape
        V, E, H = shape.vocabulary, shape.embedding, shape.units
        if E:
            self.embedding = torch.nn.Parameter(torch.from_numpy(weights["embedding"].copy()))
        self.layers = torch.nn.ModuleList(torch.nn.LSTM(H if k else E or V, H) for k in range(shape.layers))
        self.output = torch.nn.Linear(H, V)
        with torch.no_grad():
            for k, layer in enumerate(self.layers):
                take_layer(layer, 0, *(weights[f"layers.{k}.{name}"] for name in "WUb"))
            self.output.weight.copy_(torch.from_numpy(weights["output.W"]))
            self.output.bias.copy_(torch.from_numpy(weights["output.b"]))

    def zero_state(self, rows: int) -> torch.Tensor:
        """Nothing read yet: (L, 2, 1, B, H), h and c."""
        return torch.zeros(self.shape.layers, 2, 1, rows, self.shape.units)

    def forward(
        self, x: torch.Tensor, state: torch.Tensor, masks: torch.Tensor | None = None,
        weight_masks: torch.Tensor | None = None,
    ):  # fmt: skip
        """Logits (T, B, V) and the states after the window; x (T, B) of -1 is the zero vector. masks (L, B, H).

        weight_masks (L, 4 H, H): what each layer's U is multiplied with, in PyTorch's order of the gates.
        """
        there = (x >= 0).unsqueeze(-1)
        known = x.clamp(min=0)
        h = embedding(known, self.embedding) if self.shape.embedding else one_hot(known, self.shape.vocabulary)
        h, after, out = h * there.float(), [], []
        for k, layer in enumerate(self.layers):
            if weight_masks is None:
                h, both = layer(h, (state[k, 0], state[k, 1]))
            else:
                flat = [layer.weight_ih_l0, layer.weight_hh_l0 * weight_masks[k], layer.bias_ih_l0, layer.bias_hh_l0]
                h, *both = torch.lstm(h, (state[k, 0], state[k, 1]), flat, True, 1, 0.0, True, False, False)
            after.append(torch.stack(tuple(both)))
            if masks is not None:
                h = h * masks[k]
            out.append(h)
        read = sum(out) if self.shape.skip_sum else h
        return self.output(read), torch.stack(after)


def losses(model: Language, ids: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Nats of every token of ids (T, B), each row a stream of its own from zero state: (T, B), float64."""
    state, found = model.zero_state(ids.shape[1]), []
    x = torch.from_numpy(np.concatenate([np.full_like(ids[:1], -1), ids[:-1]])).long()
    y = torch.from_numpy(ids).long()
    with torch.no_grad():
        for at in range(0, len(ids), SCORED):
            logits, state = model(x[at : at + SCORED], state)
            nats = cross_entropy(logits.flatten(0, 1) / temperature, y[at : at + SCORED].flatten(), reduction="none")
            found.append(nats.double().view(-1, ids.shape[1]))
    return torch.cat(found).numpy()
