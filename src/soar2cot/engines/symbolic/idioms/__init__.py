"""The idiom library: what people do with grids, each with its words, its meaning, and how it is recognised."""
