"""How a training is divided: one file a strategy."""
