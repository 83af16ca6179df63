"""Scripts that set up, start and check a checkout: standard library only. Nothing here is imported by the product."""
