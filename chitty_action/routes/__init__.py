"""Pure: Cloudflare's law of routes, and what claims of different Workers do to each other by it (docs/route-law.md)."""
