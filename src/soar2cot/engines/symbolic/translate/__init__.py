"""From a program to constructs of the language."""
