"""`python -m storygen` is the command line."""

from storygen.cli import main

if __name__ == "__main__":
    main()
