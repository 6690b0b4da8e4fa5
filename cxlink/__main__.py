"""``python -m cxlink`` is the same program as the console script."""

from cxlink.cli.app import main

if __name__ == "__main__":
    main()
