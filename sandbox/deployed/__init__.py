"""The systems as they are deployed today, where they differ from the design; one module for each."""
