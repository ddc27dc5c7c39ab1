"""What people matched with the bank, while NetSuite changes the payment."""

from typing import NamedTuple

from odoo.tools.misc import format_date, formatLang

from ..application.exact_reconciliation import ExactReconciliation


class Matched(NamedTuple):
    """One item that the money of a payment was reconciled with.

    :param other: the `account.move.line` of the bank transaction, or of an entry of Odoo's own.
    :param money: what the payment's item was: account, currency and both amounts.
    """

    other: object
    money: tuple


class BankMatching:
    """Keeps the money of a mirrored payment matched with the bank as long as that is possible.

    NetSuite decides about the payment, people decide which bank transaction it was. When NetSuite
    changes something else, the match stays; when the money itself changes or goes, the bank
    transaction is to be matched anew, and an issue names it.

    :param env: the environment to work in, the sync's.
    """

    def __init__(self, env):
        self.env = env

    # === BUSINESS METHODS === #

    def release(self, move):
        """Undo what the money of a payment's entry is reconciled with.

        What a bank deposit of NetSuite's had reconciled is not returned: the deposit follows.

        :return: ``[Matched]``, for `restore` or `give_back`.
        """
        money = move.line_ids._netsuite_money()
        partials = money.matched_debit_ids | money.matched_credit_ids
        exchanges = partials.exchange_move_id
        partials = partials.filtered(lambda partial: not _ends(partial).move_id & exchanges)
        matched = []
        for partial in partials:
            own, other = _ends(partial)
            if own not in money:
                own, other = other, own
            if not other.move_id.netsuite_record_id:
                matched.append(Matched(other, _money(own)))
        ExactReconciliation(self.env).unreconcile(partials)
        return matched

    def restore(self, document, matched):
        """Match a document again as it was before, where its money is the same.

        :param document: the `account.payment`, or the entry of a bank deposit.
        :param matched: what `release` returned.
        """
        lines = _entry(document).line_ids._netsuite_money()
        changed = []
        for each in matched:
            same = lines.filtered(lambda line, money=each.money: _money(line) == money)[:1]
            if same and each.other.exists() and not each.other.reconciled:
                (same | each.other).reconcile()
            else:
                changed.append(each)
        self.give_back(document, changed)

    def give_back(self, document, matched):
        """Put bank transactions back among those to match, and say so.

        :param document: what they are no longer matched with; as for `restore`.
        :param matched: what `release` returned.
        """
        for move in self.env["account.move"].union(*(each.other.move_id for each in matched)):
            transaction = move.statement_line_id
            name = self._name(move)
            if transaction and self._is_alone(transaction) and not self._is_locked(move):
                transaction.action_undo_reconciliation()
            sentence = self.env._(
                "%(document)s was changed in NetSuite, and is no longer matched with %(bank)s.",
                document=document.display_name,
                bank=name,
            )
            document._message_log(body=sentence)
            move._message_log(body=sentence)
            # sudo: netsuite.issue - only the sync writes them
            self.env["netsuite.issue"].sudo()._touch(
                document.netsuite_record_id.connection_id,
                "bank",
                f"unmatched:{move.id}",
                self.env._("%s has to be matched again", name),
                self.env._(
                    "NetSuite changed, voided or deleted what it was matched with, and Odoo "
                    "followed. Match the bank transaction again: with the payment or bank deposit "
                    "as it is now, or with what NetSuite has instead."
                ),
                severity="1",
                detail=sentence,
                company=move.company_id,
            )

    # === BANK TRANSACTIONS === #

    def _name(self, move):
        """Return what tells a bank transaction, or another entry, from others."""
        transaction = move.statement_line_id
        if not transaction:
            return self.env._(
                "Journal entry %(name)s of %(date)s",
                name=move.name,
                date=format_date(self.env, move.date),
            )
        currency = transaction.currency_id
        return self.env._(
            "Bank transaction %(name)s (%(label)s) of %(date)s, %(amount)s",
            name=move.name,
            label=transaction.payment_ref or "-",
            date=format_date(self.env, transaction.date),
            amount=formatLang(self.env, transaction.amount, currency_obj=currency),
        )

    def _is_alone(self, transaction):
        """Tell whether a bank transaction has one counterpart, so that undoing costs no other."""
        _liquidity, suspense, others = transaction._seek_for_lines()
        return not suspense and len(others) == 1

    def _is_locked(self, move):
        """Tell whether the entry of a bank transaction can no longer be changed."""
        return bool(
            move.inalterable_hash
            or move._get_violated_lock_dates(move.date, move._affect_tax_report())
        )


def _entry(document):
    """Return the journal entry of a payment or of a bank deposit."""
    return document.move_id if document._name == "account.payment" else document


def _ends(partial):
    """Return both items of a reconciliation."""
    return partial.debit_move_id | partial.credit_move_id


def _money(line):
    """Return what has to be the same for a match to stay."""
    return (
        line.account_id,
        line.currency_id,
        line.currency_id.round(line.amount_currency),
        line.company_currency_id.round(line.balance),
    )
