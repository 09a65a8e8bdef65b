"""The one staff register: who, where, reached how, in which language."""
