"""Figures: how long people waited, for coordinators and auditors."""
