"""What Premiere's numbers mean, and cuts written as Premiere writes them."""
