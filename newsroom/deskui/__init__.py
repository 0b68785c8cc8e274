"""The desk's shell: menu, palette, keys, toasts, forms, help. Knows no app: each registers what it has in ``ready()``.

``menu.register(Item(...))``, ``palette.register_action(Item(...))``, ``palette.register_finder(find)``,
``guide.register(Section(...))``; templates extend ``desk/base.html`` and load the ``desk`` tags.
"""
