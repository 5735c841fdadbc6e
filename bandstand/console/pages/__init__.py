"""Page objects of the console: frozen values, one function a page."""
