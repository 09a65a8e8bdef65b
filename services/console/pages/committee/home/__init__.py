"""Home: what is due in a committee: actions, the next sitting, appeals without an answer."""
