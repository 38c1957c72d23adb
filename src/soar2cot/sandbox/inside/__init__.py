"""What runs inside the sandbox's own processes: standard library only, imports nothing of soar2cot.

Loaded twice: in the zygote as the top-level package `inside`, and in the parent for the constants of `layout`.
"""
