"""``python -m normqa`` is the ``normqa`` command."""

from normqa.cli.main import main

if __name__ == "__main__":
    main()
