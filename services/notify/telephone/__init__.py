"""Telephone PINs: somebody who is called by a desk shows with two digits that it is they."""
