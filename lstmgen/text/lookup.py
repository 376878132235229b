"""Numbers found again among many others, a block of them at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lstmgen.arrays import AnyArray, Int32Array, UInt64Array

NOT_FOUND = -1  # what is found where there is nothing
HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well spread: 2^64 over the golden ratio (Knuth)
_ROOM = 4  # bits: slots for each key, so that few keys share one
_MIN_BITS, _MAX_BITS = 12, 22  # bits of a slot


class KeyIndex:
    """Where each of some keys stands in them: sorted, each once.

    A key has a slot, by a hash; most have one to themselves. Where several share one they are searched for, so the
    time for a key hardly depends on what the keys are or how often they come.
    """

    def __init__(self, keys: AnyArray) -> None:
        self._keys = keys.astype(np.uint64)
        bits = min(max(len(keys).bit_length() + _ROOM, _MIN_BITS), _MAX_BITS)
        self._shift = np.uint64(64 - bits)
        slots = self._slots(self._keys)
        self._first = np.full(1 << bits, NOT_FOUND, np.int32)
        self._first[slots] = np.arange(len(keys), dtype=np.int32)
        self._shared = np.bincount(slots, minlength=1 << bits) > 1

    def _slots(self, keys: UInt64Array) -> npt.NDArray[np.intp]:
        return ((keys * HASH_MULTIPLIER) >> self._shift).astype(np.intp)

    def find(self, wanted: AnyArray) -> Int32Array:
        """Each number's place among the keys, NOT_FOUND where it is none of them."""
        wanted = wanted.astype(np.uint64, copy=False)
        slots = self._slots(wanted)
        places = self._first[slots]
        near = np.flatnonzero(places >= 0)
        strange = near[self._keys[places[near]] != wanted[near]]
        places[strange] = NOT_FOUND
        rest = strange[self._shared[slots[strange]]]
        if len(rest):
            place = np.minimum(np.searchsorted(self._keys, wanted[rest]), len(self._keys) - 1)
            places[rest] = np.where(self._keys[place] == wanted[rest], place, NOT_FOUND)
        return places
