"""``tf.train.Example`` in protocol buffers' wire format, read and written without TensorFlow.

Example { features = 1 }, Features { map<string, Feature> feature = 1 }, Feature { bytes_list = 1 | float_list = 2 |
int64_list = 3 }, each list { repeated value = 1 }; numbers may be packed or not.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
Feature = list[bytes] | list[float] | list[int]


class WireError(ValueError):
    """Bytes that are no such message."""


def parse_example(data: bytes) -> dict[str, Feature]:
    """Features by name; raises :class:`WireError` for anything else than an Example."""
    features: dict[str, Feature] = {}
    for number, wire, value in _fields(memoryview(data)):
        if number == 1 and wire == _BYTES:
            for inner, inner_wire, entry in _fields(value):
                if inner == 1 and inner_wire == _BYTES:
                    name, feature = _entry(entry)
                    features[name] = feature
    return features


def _entry(data: memoryview) -> tuple[str, Feature]:
    name = ""
    found: Feature = []
    for number, wire, value in _fields(data):
        if number == 1 and wire == _BYTES:
            name = bytes(value).decode("utf-8", errors="replace")
        elif number == 2 and wire == _BYTES:
            found = _feature(value)
    return name, found


def _feature(data: memoryview) -> Feature:
    result: Feature = []
    for number, wire, value in _fields(data):
        if wire == _BYTES and number == 1:
            result = _bytes_list(value)
        elif wire == _BYTES and number == 2:
            result = _float_list(value)
        elif wire == _BYTES and number == 3:
            result = _int_list(value)
    return result


def _bytes_list(data: memoryview) -> list[bytes]:
    return [bytes(value) for number, wire, value in _fields(data) if number == 1 and wire == _BYTES]


def _float_list(data: memoryview) -> list[float]:
    values: list[float] = []
    for number, wire, value in _fields(data):
        if number == 1 and wire in {_BYTES, _FIXED32}:
            if len(value) % 4:
                raise WireError("A list of floats ends inside of one.")
            values += np.frombuffer(value, dtype="<f4").astype(np.float64).tolist()
    return values


def _int_list(data: memoryview) -> list[int]:
    values: list[int] = []
    for number, wire, value in _fields(data):
        if number == 1 and wire == _BYTES:
            place = 0
            while place < len(value):
                one, place = _varint(value, place)
                values.append(_signed(one))
        elif number == 1 and wire == _VARINT:
            values.append(_signed(int.from_bytes(value, "little")))
    return values


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """A number of at most ten bytes and the place after it."""
    result = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise WireError("The message ends inside of a number.")
        byte = data[place]
        place += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, place
    raise WireError("A number is longer than ten bytes.")


def _fields(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Field number, wire type and bytes of each field; a varint's value as eight bytes."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        wire = key & 7
        if wire == _VARINT:
            value, place = _varint(data, place)
            yield key >> 3, wire, memoryview(value.to_bytes(8, "little"))
            continue
        if wire == _BYTES:
            length, place = _varint(data, place)
        elif wire in {_FIXED64, _FIXED32}:
            length = 8 if wire == _FIXED64 else 4
        else:
            raise WireError(f"There is no wire type {wire}.")
        if length > len(data) - place:
            raise WireError("A field is longer than its message.")
        yield key >> 3, wire, data[place : place + length]
        place += length


def format_example(features: Mapping[str, Feature]) -> bytes:
    """Bytes of an Example, features in the order of their names."""
    entries = (_field(1, _name_and_feature(name, features[name])) for name in sorted(features))
    return _field(1, b"".join(entries))


def _name_and_feature(name: str, values: Feature) -> bytes:
    if all(isinstance(value, bytes) for value in values):
        number, content = 1, b"".join(_field(1, value) for value in values if isinstance(value, bytes))
    elif all(isinstance(value, int) for value in values):
        number, content = 3, _packed(b"".join(_format_varint(value) for value in values if isinstance(value, int)))
    else:
        floats = [float(value) for value in values if not isinstance(value, bytes)]
        number, content = 2, _packed(struct.pack(f"<{len(floats)}f", *floats))
    return _field(1, name.encode()) + _field(2, _field(number, content))


def _packed(content: bytes) -> bytes:
    return _field(1, content)


def _field(number: int, content: bytes) -> bytes:
    return _format_varint(number << 3 | _BYTES) + _format_varint(len(content)) + content


def _format_varint(value: int) -> bytes:
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def floats_of(features: Mapping[str, Feature], name: str) -> list[float]:
    """Numbers of a feature; empty when it is missing or text."""
    return [float(value) for value in features.get(name, ()) if not isinstance(value, bytes)]


def ints_of(features: Mapping[str, Feature], name: str) -> list[int]:
    """Whole numbers of a feature; those that are none are left out."""
    return [int(value) for value in features.get(name, ()) if isinstance(value, int)]


def bytes_of(features: Mapping[str, Feature], name: str) -> Sequence[bytes]:
    """Texts of a feature."""
    return [value for value in features.get(name, ()) if isinstance(value, bytes)]


def text_of(features: Mapping[str, Feature], name: str) -> str:
    """The first text of a feature; empty when there is none."""
    return next((value.decode("utf-8", errors="replace").strip() for value in bytes_of(features, name)), "")
