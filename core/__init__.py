"""The library: everything true of a job whatever carries it. No HTTP server, no Qt, no GPU, no clock of its own."""
