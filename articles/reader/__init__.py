"""What readers get of the stories: pages, feeds and what machines read of them. Everything starts at ``published``."""

from articles.access import published

__all__ = ["published"]
