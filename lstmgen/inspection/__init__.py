"""What goes on inside, as data: traces of a text and measures of them. Plain arrays; drawing is render's."""

from lstmgen.inspection.measures import (
    Measures,
    check_layer,
    check_units,
    measure,
    measure_values,
    most_varying,
    order_units,
    shares,
)
from lstmgen.inspection.trace import Trace, longest_trace, numbers_of, trace_ids, trace_text

__all__ = [
    "Measures",
    "Trace",
    "check_layer",
    "check_units",
    "longest_trace",
    "measure",
    "measure_values",
    "most_varying",
    "numbers_of",
    "order_units",
    "shares",
    "trace_ids",
    "trace_text",
]
