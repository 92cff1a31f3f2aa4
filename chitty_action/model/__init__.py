"""Plain frozen values that every other part shares; nothing here does anything to the world."""
