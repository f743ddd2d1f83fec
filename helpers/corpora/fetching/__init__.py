"""Downloads and archives of corpora, and how they are told apart."""
