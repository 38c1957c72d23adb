"""The controlled language: one table of phrases, read in both directions."""
