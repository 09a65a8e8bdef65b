"""The sample incidents played on a running stack: told to intake, answered by a cast, watched."""
