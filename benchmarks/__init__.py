"""What storygen costs and how well it does what it promises, measured."""
