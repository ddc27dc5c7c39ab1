"""Tests of the HTTP half of the simulator."""
