"""Numbers that say whether integration works, from what is remembered. Pure."""
