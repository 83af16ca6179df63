"""The headless service: routes, authentication, background loops and the admin command line, on core."""
