"""Marks the methods by which a later room of the addon adds itself to an earlier one."""


def hook(method):
    """Mark a method that other classes of this addon may extend, always by way of ``super()``.

    Its first definition says what it answers or what it follows. Any other method of the addon
    is defined once; a test reads the classes and holds that.
    """
    method.is_hook = True
    return method
