"""Appeals: the register of what citizens wrote or said, without a name or a word of it."""
