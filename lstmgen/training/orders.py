"""What rank 0 orders the other ranks to do with it. leading.py gives the orders, following.py does them."""

from __future__ import annotations

from enum import IntEnum


class Order(IntEnum):
    """The first number of an order; what else it takes is broadcast after it."""

    COMPILE = 1
    TEXT = 2  # take in the training part
    PROBE = 3  # measure how fast all are together
    SCORED = 4  # take in the validation subset
    RUN = 5  # take in the plan and make the network
    STATE = 6  # take over a state: weights, moments, carried states, generators, place in the text
    UPDATE = 7  # rate, share of dropout
    CARRIED = 8  # compare the weights, hand over the carried states
    NATS = 9  # score some rows of the validation subset
    CPU = 11  # say what the CPU can do
    EXCHANGE = 10  # sum so many numbers so often, to be measured
