"""What happened, numbered, one stream a job and one a customer; which moves cause events is the rooms' above."""
