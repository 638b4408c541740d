"""The widget for other web pages, and the page to show in a frame."""
