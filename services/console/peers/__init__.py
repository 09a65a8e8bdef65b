"""Peers: the services whose pages these are, over HTTP, asked as the person who looks."""
