"""The whole of Tirek on one machine, with the sample incidents played."""
