"""Training: updaters (the mathematics), extensions (what happens around it), run folders."""
