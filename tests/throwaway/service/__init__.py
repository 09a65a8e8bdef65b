"""Throwaway: counts what is thrown to it. Consumes ``tirek.referral``, emits on its own topic."""
