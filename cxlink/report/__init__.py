"""One document, many renderings; the only code that writes results."""
