"""A small but honest ChittyOS in one process on one port, to try the action on and to test it with.

It is the other side of the wire: nothing here imports the action, and nothing of it is in the image.
"""

from sandbox.faults import (
    Body,
    Challenge,
    Down,
    Drip,
    Fault,
    Flapping,
    Garbage,
    Huge,
    Redirect,
    Reset,
    Slow,
    Status,
    Truncated,
    WrongToken,
)
from sandbox.generation import Generation
from sandbox.server import Sandbox

__all__ = [
    "Body",
    "Challenge",
    "Down",
    "Drip",
    "Fault",
    "Flapping",
    "Garbage",
    "Generation",
    "Huge",
    "Redirect",
    "Reset",
    "Sandbox",
    "Slow",
    "Status",
    "Truncated",
    "WrongToken",
]
