"""Aid that committees decided on: cash, a house, documents."""
