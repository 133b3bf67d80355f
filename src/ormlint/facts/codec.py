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


def decode_facts(encoded: EncodedFacts) -> ModuleFacts | None:
    """Return the facts that `encode_facts` was given; None for bytes that are none."""
    try:
        return ModuleFacts(_interfaces.decode(encoded[0]), _bodies.decode(encoded[1]))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
