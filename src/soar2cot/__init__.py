"""soar2cot: checked natural-language instructions and chain of thought from SOAR programs."""
