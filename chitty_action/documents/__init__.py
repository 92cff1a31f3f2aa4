"""What remote systems say, one file a document: frozen pydantic models that ignore what they do not need."""
