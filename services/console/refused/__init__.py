"""What was refused: records that are not whose who asks, and links that open nothing."""
