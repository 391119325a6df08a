"""The pathway language and its meaning: kinds, reader, checks, compile, the pure core."""
