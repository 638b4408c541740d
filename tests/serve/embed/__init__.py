"""The widget and the page to show in a frame."""
