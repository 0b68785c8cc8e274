"""Django's PostgreSQL engine, with connections that outlive a request (the ENGINE of ``settings.DATABASES``).

Under ASGI each request runs in a thread of its own, and Django keeps a connection per thread: every request that is not
answered from the page cache would begin with a new process of PostgreSQL, which reads its catalogues anew. That costs
the server more than the queries of most pages.
"""
