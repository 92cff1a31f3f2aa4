"""Everything that touches the network, GitHub, files, the clock or the environment; one third-party library a module."""
