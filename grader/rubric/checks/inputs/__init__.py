"""Checks of networks with several inputs."""
