"""Scripts that a self-test runs in boxes: standard library only, each a file by itself, each telling what it found in
lines of JSON. What they need to know comes as JSON in SELF_TEST_GIVEN."""
