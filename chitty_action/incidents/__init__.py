"""Pure: what should stand in GitHub's issues, given what this run saw and what stands there (interface, section 6)."""
