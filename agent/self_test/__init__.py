"""What a node tests of itself, a file a part; what runs in boxes for it is in `inside/`. What it comes to is told here,
what is done about that elsewhere."""
