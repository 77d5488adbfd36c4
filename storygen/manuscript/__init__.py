"""How text is put together: seams and assembly."""
