"""Shorter ways to say the same: each pass is proposed by form and kept only where following confirms it."""
