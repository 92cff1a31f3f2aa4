"""The page that shows the state of the whole, with the files beside it. Pure: values in, texts of files out."""
