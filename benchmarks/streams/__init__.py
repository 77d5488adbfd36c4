"""How many replies one `storygen write` takes in at the same time, journal on, over loopback."""
