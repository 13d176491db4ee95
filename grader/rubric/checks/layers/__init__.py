"""Checks of single layers: what a layer computes, and what one step of training does to it."""
