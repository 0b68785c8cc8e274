"""The story desk's own blocks. What a placement says was approved with the story; only price, rights and whether a related
story is still there follow the library."""

from articles.blocks.product import ProductBlock
from articles.blocks.quote import QuoteBlock
from articles.blocks.related import RelatedBlock

__all__ = ["ProductBlock", "QuoteBlock", "RelatedBlock"]
