"""Facts of response: one row per service request and per offer, out of what was said of them."""
