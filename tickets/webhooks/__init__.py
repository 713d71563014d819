"""What other systems are told: subscriptions, and the deliveries that are due to them."""
