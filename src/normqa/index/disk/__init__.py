"""The index folder among other folders: what belongs to it, who reads it, who writes it."""
