"""The outside: trading venues behind one port."""
