"""Calls about a case: who may be called, at which number, and who read a private one."""
