"""What the ecosystem remembers on its data branch (docs/state.md). Pure: texts of files in, texts of files out."""
