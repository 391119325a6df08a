"""What the checker proves beyond types: the ten rules of the language, one module a concern, small functions each."""
