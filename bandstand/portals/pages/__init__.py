"""Page objects of the portals: frozen values, one function a page."""
