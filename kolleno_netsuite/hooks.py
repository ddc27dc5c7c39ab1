"""What is left in order when the addon goes."""


def uninstall_hook(env):
    """Archive the journals of mirrored documents, and remove the key file.

    Without the addon Odoo reads NetSuite's numbers as its own sequence, and would refuse or
    misnumber the next document of such a journal. Documents stay as they are.

    :param env: superuser environment of the database.
    """
    journals = env["account.journal"].search([("netsuite_connection_id", "!=", False)])
    drafts = env["account.move"].search(
        [("journal_id", "in", journals.ids), ("state", "=", "draft")]
    )
    # Odoo archives no journal that has drafts: those need someone first.
    (journals - drafts.journal_id).active = False
    # Not before it is certain that the addon goes.
    env.cr.postcommit.add(env["netsuite.connection"]._key_file().remove)
