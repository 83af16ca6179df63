"""What a customer's training package may hold, and what it says about itself."""
