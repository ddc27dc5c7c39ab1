def migrate(cr, version):
    """Let open dialogs that would only archive customers leave them as they are.

    Nobody can choose that any more. What was chosen and waits for its turn is still done.
    """
    cr.execute("UPDATE netsuite_exclude SET effect = 'keep' WHERE effect = 'archive'")
