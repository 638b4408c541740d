"""How Markdown is parsed: CommonMark and one extension per module."""
