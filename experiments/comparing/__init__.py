"""Systems side by side, on bowls that nothing of it has seen."""
