"""What the pages of datasets and of training packages are made of."""
