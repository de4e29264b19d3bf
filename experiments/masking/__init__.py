"""Training and measuring of the network that finds the food."""
