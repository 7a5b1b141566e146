"""The demo's film: its places, its walker, its footage and its cut, all drawn by the program."""
