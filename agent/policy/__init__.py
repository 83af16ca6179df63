"""The owner's rules: what may run now and why not, by pure functions of what is seen, the rules and the time."""
