"""The parts of the job page: one a file, each shows what it is given. What to ask the service is the page's matter."""
