"""Every experiment, one after the other, and one page with what they found."""
