"""Studies: how much data, which pictures, what becomes of lines."""
