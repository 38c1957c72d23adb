"""The phrasebook: every construct of the language with its words, its meaning and the Python that means it."""
