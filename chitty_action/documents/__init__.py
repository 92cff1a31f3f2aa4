"""What remote systems say, one file a document: frozen values that ignore what they do not need."""
