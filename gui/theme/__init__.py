"""How the app looks: tokens, palette, fonts, icons and the style that paints. No page and no widget lives here."""
