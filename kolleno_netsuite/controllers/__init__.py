from . import download, export, portal
