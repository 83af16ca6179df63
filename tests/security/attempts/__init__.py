"""What hostile code tries, one function an attempt: run in a box and, to show that it works at all, on the host.

Standard library only, since it travels into boxes. A function returns what it won, in words, or raises OSError.
`given` holds what the test prepared on the host.
"""
