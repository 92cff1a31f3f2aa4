"""One phase a file: a page that one can read aloud, calling the verbs in a straight line."""
