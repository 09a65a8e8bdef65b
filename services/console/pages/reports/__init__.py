"""My reports: how far what somebody reported has come, and consents that come or go later."""
