"""`python -m soar2cot`: the command line."""

from soar2cot.cli import main

main()
