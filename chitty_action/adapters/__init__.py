"""Everything that touches network, GitHub, files, clock or environment; one third-party library a module."""
