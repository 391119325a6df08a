"""What is true without a computer: values, acts, facts, effects and the law as guards.

Pure: nothing here imports another room, reads a clock, a file or the network.
"""
