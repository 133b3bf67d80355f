"""Facts as bytes, for the cache and for other processes: interface and bodies apart."""

from __future__ import annotations

import msgspec

from ormlint.facts.module import ModuleBodies, ModuleFacts, ModuleInterface

EncodedFacts = tuple[bytes, bytes]  # interface, bodies

_encoder = msgspec.msgpack.Encoder()
_interfaces = msgspec.msgpack.Decoder(ModuleInterface)
_bodies = msgspec.msgpack.Decoder(ModuleBodies)


def encode_facts(facts: ModuleFacts) -> EncodedFacts | None:
    """Return the facts as bytes; None for what the format cannot hold, such as an integer of more than 64 bits."""
    try:
        return _encoder.encode(facts.interface), _encoder.encode(facts.bodies)
    except (msgspec.MsgspecError, OverflowError, UnicodeError, RecursionError):
        return None


def decode_interface(data: bytes) -> ModuleInterface | None:
    """Return the interface that was encoded; None for bytes that are none."""
    try:
        return _interfaces.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def decode_bodies(data: bytes) -> ModuleBodies | None:
    """Return the bodies that were encoded; None for bytes that are none."""
    try:
        return _bodies.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
