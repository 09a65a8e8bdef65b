"""Activities: the register of prevention meetings, trainings and informing."""
