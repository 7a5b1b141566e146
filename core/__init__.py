"""The rooms of StyleReel; see each module for what it knows and what it does not."""
