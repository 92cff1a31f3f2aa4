"""The checked-out repository: files and the event payload, read once, safely, into plain values; a module a format."""
