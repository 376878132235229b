"""The twin of our recipe computes what ours computes, and learns."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from lstmgen.network import Network, initialise, parameter_views  # noqa: E402
from lstmgen.settings import Architecture  # noqa: E402
from lstmgen.text import load_text  # noqa: E402
from lstmgen.training.schedule import Budget  # noqa: E402
from lstmgen.training.state import generators_from  # noqa: E402
from lstmgen.training.validation import MIN_ROW_TOKENS  # noqa: E402
from tests.bench.learning.torch_network import Language, losses  # noqa: E402
from tests.bench.learning.torch_recipe import Recipe, RecipeError, learned, sample_rows  # noqa: E402
from tests.bench.sides.pytorch import ORDER  # noqa: E402

SENTENCES = "Doug saw Jane. Jane saw Spot. Spot saw Doug.\n"


def plan(units: int, layers: int = 1, embedding: int = 0) -> dict:
    """As `train --json` says it."""
    vocabulary = len(load_text(SENTENCES * 60).vocabulary)
    sizes = {"cell": "lstm", "vocabulary": vocabulary, "embedding": embedding, "units": units, "layers": layers}
    sizes |= {"squashing": "tanh", "skip_sum": layers > 1}
    return {"architecture": sizes, "window": 16, "rows": 4, "rate": 0.01, "floor": 0.03,
            "dropout": 0.1, "weight_drop": 0.0, "weight_decay": 0.01, "clip_norm": 1.0}  # fmt: skip


@pytest.mark.parametrize(("layers", "embedding", "summed"), [(1, 0, False), (2, 0, False), (1, 5, False), (3, 0, True)])
def test_the_same_loss_and_the_same_states_as_ours(layers, embedding, summed):
    shape = Architecture("lstm", 7, embedding, 9, layers, skip_sum=summed)
    flat = initialise(shape, np.random.default_rng(1), np.arange(7.0))
    x = np.random.default_rng(2).integers(0, 7, (6, 3)).astype(np.int32)
    x[0, 1] = -1
    masks = np.random.default_rng(3).integers(0, 2, (layers, 3, 9)).astype(np.float32) * 2
    ours, twin = Network(shape, flat), Language(shape, flat)
    with torch.no_grad():
        logits, state = twin(torch.from_numpy(x).long(), twin.zero_state(3))
        masked, _ = twin(torch.from_numpy(x).long(), twin.zero_state(3), torch.from_numpy(masks))
    wanted, after = ours.logits(x, ours.zero_state(3))
    np.testing.assert_allclose(logits.numpy(), wanted, atol=2e-5)
    np.testing.assert_allclose(state[:, 0, 0].numpy(), after[list(ours.cell.states).index("h")], atol=2e-5)
    y = np.random.default_rng(4).integers(0, 7, (6, 3)).astype(np.int32)
    loss = torch.nn.functional.cross_entropy(masked.flatten(0, 1), torch.from_numpy(y).long().flatten())
    assert float(loss) == pytest.approx(ours.gradient(x, y, ours.zero_state(3), masks).loss, abs=2e-5)


def test_weights_are_dropped_as_ours():
    corpus = load_text(SENTENCES * 60)
    recipe = Recipe(corpus, plan(9, layers=2) | {"weight_drop": 0.3, "dropout": 0.0}, 1, Budget("steps", 5, 5), 320.0)
    shape, generator = recipe.model.shape, generators_from(1)["dropout"]
    flat = initialise(shape, np.random.default_rng(1))
    ours, twin = Network(shape, flat), Language(shape, flat)
    drawn = generator.integers(0, 256, (2, 4, 9, 9), dtype=np.uint8)
    kept = (drawn >= round(256 * 0.3)).astype(np.float32) * np.float32(256 / (256 - round(256 * 0.3)))
    x, y = np.random.default_rng(4).integers(0, shape.vocabulary, (2, 6, 3)).astype(np.int32)
    logits, _ = twin(torch.from_numpy(x).long(), twin.zero_state(3), None, recipe.weight_masks())
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.from_numpy(y).long().flatten())
    loss.backward()
    wanted = ours.gradient(x, y, ours.zero_state(3), None, weight_masks=kept)
    assert float(loss.detach()) == pytest.approx(wanted.loss, abs=2e-5)
    ours_of_u = parameter_views(shape, wanted.gradient)["layers.1.U"][ORDER["lstm"]].reshape(36, 9)
    np.testing.assert_allclose(twin.layers[1].weight_hh_l0.grad.numpy(), ours_of_u, atol=2e-5)


def test_one_stream_is_scored_as_ours():
    corpus = load_text(SENTENCES * 60)
    recipe = Recipe(corpus, plan(9), 1, Budget("steps", 5, 5), 320.0)
    ids = corpus.ids[:700].astype(np.int32)
    flat = initialise(recipe.model.shape, np.random.default_rng(1))
    ours, x = Network(recipe.model.shape, flat), np.append(-1, ids[:-1]).astype(np.int32)
    nats, _ = ours.losses(x[:, None], ids[:, None], ours.zero_state(1))
    twin = Language(recipe.model.shape, flat)
    found = losses(twin, ids.astype(np.int64)[:, None])
    np.testing.assert_allclose(found, nats, atol=2e-5)
    warm = losses(twin, ids.astype(np.int64)[:, None], temperature=2.0)
    logits, _ = ours.logits(x[:, None], ours.zero_state(1))
    shares = np.exp(logits[:, 0].astype(np.float64) / 2)
    wanted = -np.log(shares[np.arange(len(ids)), ids] / shares.sum(axis=1))
    np.testing.assert_allclose(warm[:, 0], wanted, atol=2e-5)


def test_it_learns_and_the_rate_ends_with_the_budget(tmp_path):
    paths = [tmp_path / "train.txt", tmp_path / "held.txt"]
    for path, times in zip(paths, (60, 5), strict=True):
        path.write_text(SENTENCES * times, encoding="utf-8")
    few, many = (
        learned(str(paths[0]), str(paths[1]), plan(32, embedding=0), 1, Budget("steps", n, n), [1]) for n in (3, 300)
    )
    assert few["tokens"] == len(SENTENCES) * 5
    assert many["nats"] < 0.5 * few["nats"]
    assert many["step"] == 300
    assert few["step"] == 3


def recipe_of(corpus, **more) -> Recipe:
    return Recipe(corpus, plan(9) | more, 1, Budget("steps", 40, 40), 40 * 64.0)


def test_the_mean_is_of_the_last_weights_and_all_weights_are_one_piece():
    recipe = recipe_of(load_text(SENTENCES * 60))
    seen = []
    for _ in range(40):
        recipe.update(0.0)
        seen.append(np.concatenate([p.detach().numpy().ravel() for p in recipe.trained]))
    assert np.array_equal(seen[-1], recipe.state.weights)
    assert recipe.state.counters.averaged == 2  # the last twentieth
    np.testing.assert_allclose(recipe.state.average, (seen[-2] + seen[-1]) / 2, atol=1e-6)


def test_what_is_kept_is_chosen_as_ours_chooses():
    recipe = recipe_of(load_text(SENTENCES * 60))
    recipe.go()
    first = recipe.state.best.copy()
    recipe.state.average[:] = first + 1.0  # surely worse
    recipe.state.counters.averaged, recipe.state.counters.best_averaged = 1, False
    recipe.choose()
    assert not recipe.state.counters.best_averaged
    assert np.array_equal(recipe.state.weights, first)
    recipe.state.average[:] = first  # no worse: the mean is taken
    recipe.choose()
    assert recipe.state.counters.best_averaged
    unsure = recipe.state.best.copy()
    for name in ("weight", "bias"):
        getattr(recipe.model.output, name).data.mul_(0.25)
    recipe.state.best[:] = recipe.state.average[:] = recipe.state.weights
    recipe.choose()
    assert recipe.state.counters.best_temperature < 0.9  # put right as far as one number can
    assert not np.array_equal(recipe.state.best, unsure)


def test_as_large_a_sample_as_ours_looks_at():
    corpus = load_text(SENTENCES * 3_000)
    tokens = 2_000_000.0
    rows = sample_rows(corpus, Budget("time", 60.0), tokens)
    assert rows.shape[1] == int(0.15 * tokens / 50) // MIN_ROW_TOKENS == 11
    assert rows.size == pytest.approx(0.15 * tokens / 50, rel=0.01)
    assert set(rows.ravel()) <= set(corpus.validation.tolist())
    with pytest.raises(RecipeError, match="held back"):
        sample_rows(load_text(SENTENCES, validation=0.0), Budget("time", 60.0), tokens)


def test_what_it_does_not_have_it_refuses():
    corpus = load_text(SENTENCES)
    for other in ({"embedding_dropout": 0.5}, {"architecture": plan(9)["architecture"] | {"tied": True}}):
        with pytest.raises(RecipeError, match="this twin has no"):
            Recipe(corpus, plan(9) | other, 1, Budget("steps", 5, 5), 320.0)
