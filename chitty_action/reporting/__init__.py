"""Pure renderers: a `Report` becomes a summary, annotations, outputs or a JSON document. Nothing here is written."""
