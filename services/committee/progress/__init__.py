"""Progress: what referral says of the needs of incidents that committees opened."""
