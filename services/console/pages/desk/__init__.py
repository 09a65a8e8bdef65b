"""Desk of a line or station: an officer without a smartphone is called back, and helped."""
