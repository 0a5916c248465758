"""The generated city that stands in for the shared one-stop database."""

from data_access.demo.city.generate import generate, is_complete

__all__ = ["generate", "is_complete"]
