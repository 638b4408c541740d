"""The Model Context Protocol: tools and resources for assistants, over HTTP and stdio."""
