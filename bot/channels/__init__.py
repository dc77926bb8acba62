"""Channels: each translates a provider's messages to and from ours, and decides nothing."""
