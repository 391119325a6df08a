"""`make docs`: write anew whatever of `docs/` is made from the code."""

from dev.docs import pages

for path in pages.write():
    print(path.relative_to(pages.ROOT))
