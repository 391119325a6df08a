"""The HTTP facade: who are you, may you, is it well-formed; then content first, act second. One router a word."""
