"""Made-up results, for the tests of what is shown of them."""

FACTS = {
    "cpu": "A CPU", "cores": 2, "versions": {"lstmgen": "1", "Python": "3.11"}, "date": "2026-01-01", "offered": {}
}  # fmt: skip
PLAN = {"architecture": {"layers": 1, "units": 256}, "rows": 32, "dropout": 0.1, "weight_drop": 0.0}
SCORED = {"bits": 2.2, "nats": 1.525, "bits_error": 0.02, "passes": 6.0, "plan": PLAN,
          "baselines": {"3-gram": 2.5, "5-gram": 2.4, "7-gram": 2.25}}  # fmt: skip
