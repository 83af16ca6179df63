"""Widgets that know the theme and no page. A widget that one page alone needs lives beside that page."""
