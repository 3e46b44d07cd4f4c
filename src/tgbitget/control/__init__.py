"""A person watches and steers."""
