"""Staff register: who, where, reached how, in which language; and where they serve."""
