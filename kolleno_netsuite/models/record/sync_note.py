from markupsafe import Markup
from odoo.tools import html2plaintext

# Characters of a value that a line in the chatter shows.
SHOWN = 80


def log_sync_notes(records, bodies):
    """Leave a line on records in the name of the synchronisation, whoever started it.

    :param records: of one model with a chatter.
    :param bodies: {id: text, or a list of sentences}; nobody is notified.
    """
    lines = {
        record_id: body if isinstance(body, str) else Markup("<br/>").join(body)
        for record_id, body in bodies.items()
    }
    if lines:
        author = records.env.ref("base.partner_root")
        records.browse(lines)._message_log_batch(bodies=lines, author_id=author.id)


def replaced_sentences(record, changes, known=None):
    """Return a sentence for each value of a user's own that NetSuite's takes the place of.

    :param record: what is about to be written.
    :param changes: {field: NetSuite's value, a record's by its id}.
    :param known: {field: what NetSuite had before}: a value that is still this is nobody's own.
        Without it each value that there is counts.
    """
    sentences = []
    for name, value in changes.items():
        field, present = record._fields[name], record[name]
        stored = present.id if field.relational else present
        if not stored or stored == value or (known is not None and known.get(name) == stored):
            continue
        words = {
            "field": field._description_string(record.env),
            "old": _shown(field, record, present),
            "new": _shown(field, record, value),
        }
        sentences.append(
            record.env._("%(field)s %(old)s replaced by NetSuite's %(new)s.", **words)
            if words["new"]
            else record.env._("%(field)s %(old)s removed: it is empty in NetSuite.", **words)
        )
    return sentences


def _shown(field, record, value):
    """Return a value of a field as people read it; an empty text for none."""
    if field.type == "boolean":
        return record.env._("Yes") if value else record.env._("No")
    if not value:
        return ""
    if field.relational:
        return record.env[field.comodel_name].browse(int(value)).display_name
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, value)
    text = html2plaintext(value) if field.type == "html" else str(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
