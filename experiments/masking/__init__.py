"""What a training of the food mask is measured by."""
