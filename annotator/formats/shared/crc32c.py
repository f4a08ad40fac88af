"""CRC-32C (Castagnoli), the checksum of TFRecord files, fast enough for pictures without a compiled package."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_SMALL = 256
_BLOCK = 4 << 20
_MASK = 0xA282EAD8
States = NDArray[np.uint32]


def _table() -> States:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
    return table


_TABLE = _table()
_LIST: list[int] = _TABLE.tolist()


def crc32c(data: bytes) -> int:
    """Checksum of ``data``."""
    state = 0xFFFFFFFF
    for start in range(0, len(data), _BLOCK):
        state = _advance(state, data[start : start + _BLOCK])
    return state ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    """The checksum as TFRecord stores it: rotated by 15 bits and moved, so that checksums of checksums are no trap."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def _advance(state: int, data: bytes) -> int:
    if len(data) < _SMALL:
        for byte in data:
            state = _LIST[(state ^ byte) & 0xFF] ^ state >> 8
        return state
    return _advance_lanes(state, data)


def _advance_lanes(state: int, data: bytes) -> int:
    """Cut the data into lanes, advance all of them at once from 0, and join the lanes: the checksum is linear.

    The state at the beginning is added to the first four bytes; zeros before the data change nothing. There are some
    times more lanes than bytes in one.
    """
    level = len(data).bit_length() // 2 - 1
    lane = 1 << level
    lanes = -(-len(data) // lane)
    padded = np.zeros(lanes * lane, dtype=np.uint8)
    start = len(padded) - len(data)
    padded[start:] = np.frombuffer(data, dtype=np.uint8)
    padded[start : start + 4] ^= np.frombuffer(state.to_bytes(4, "little"), dtype=np.uint8)
    columns = np.ascontiguousarray(padded.reshape(lanes, lane).T)
    states = np.zeros(lanes, dtype=np.uint32)
    for column in columns:
        states = _TABLE[(states ^ column) & 0xFF] ^ states >> 8
    while len(states) > 1:
        if len(states) % 2:
            states = np.concatenate([np.zeros(1, dtype=np.uint32), states])
        states = _moved(_mover(level), states[0::2]) ^ states[1::2]
        level += 1
    return int(states[0])


def _moved(tables: States, states: States) -> States:
    """States after the zeros that ``tables`` stand for."""
    result: States = tables[0][states & 0xFF]
    for place in (1, 2, 3):
        result = result ^ tables[place][states >> (8 * place) & 0xFF]
    return result


@lru_cache(maxsize=64)
def _mover(level: int) -> States:
    """Tables (4, 256) that move a state over 2^level zeros."""
    if level:
        smaller = _mover(level - 1)
        basis = _moved(smaller, _moved(smaller, _units()))
    else:
        basis = _TABLE[_units() & 0xFF] ^ _units() >> 8
    tables = np.zeros((4, 256), dtype=np.uint32)
    for bit in range(32):
        place, inside = divmod(bit, 8)
        tables[place, (np.arange(256) >> inside & 1).astype(bool)] ^= basis[bit]
    return tables


def _units() -> States:
    return np.uint32(1) << np.arange(32, dtype=np.uint32)
