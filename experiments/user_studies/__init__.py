"""People say which pictures are real: the pictures, the page, the answers, the counting."""
