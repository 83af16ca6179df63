"""The first start: its one question, and the two forms behind its answers. No page of the app is here."""
