"""Looking at the machine: one file a source. What is shared of it, and to whom, is decided elsewhere."""
