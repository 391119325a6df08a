"""What people read and sign: papers as typed values, templates, and PDF/A made of them.

Pure: a paper's bytes follow from its value alone, so that a retry makes the same bytes and the same digest.
"""
