"""Photos per category, for table1.py."""
