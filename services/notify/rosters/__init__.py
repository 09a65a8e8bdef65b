"""Who is on duty: for each organisation and tier, people in order and when their watches begin."""
