"""What keeps a note from being quoted well, told to its editor; a build asks less."""
