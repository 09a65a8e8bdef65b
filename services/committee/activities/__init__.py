"""Activities: prevention meetings, trainings and informing, with counts of who was reached."""
