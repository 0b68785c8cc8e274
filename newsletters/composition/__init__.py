"""How a letter is put together: stories in, HTML and text out."""
