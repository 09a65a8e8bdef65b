"""Who looked at what, for coordinators and auditors."""
