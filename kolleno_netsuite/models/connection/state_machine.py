from odoo import api, models
from odoo.tools import SQL


class NetsuiteStateMachine(models.AbstractModel):
    """States that move along a table, in one place for each model.

    A field of states carries its table: ``fields.Selection([...], transitions={"open":
    {"solved"}, "solved": set()})``. An empty field is the state False. A state that stands among
    its own targets may be reached again and takes the values that come with it; from any other,
    reaching it again changes nothing.

    Nobody writes such a field but `_advance` and `_advance_where`: users never, whatever they may
    write besides, and the addon's own code by agreement.
    """

    _name = "netsuite.state.machine"
    _description = "NetSuite State Machine"

    # === FIELDS === #

    @api.model
    def _valid_field_parameter(self, field, name):
        return name == "transitions" or super()._valid_field_parameter(field, name)

    @api.model
    def _has_field_access(self, field, operation):
        # States follow from what happens to a record; forms and imports do not write them.
        if operation == "write" and not self.env.su and self._transitions(field.name):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _transitions(self, name):
        """Return {state: states that may follow} of a field, None when it holds no states."""
        return getattr(self._fields[name], "transitions", None)

    # === BUSINESS METHODS === #

    def _advance(self, state=None, **values):
        """Move these records to other states, and write `values` with it.

        All of them move or none. What is in all the states already, and may not reach them again,
        stays as it is, values included.

        :param state: target of the field ``state``; other fields of states are among `values`:
            ``_advance("removed", removal_step=False, message=False)``.
        :return: the records that were written.
        :raise ValueError: a record may not go there from where it is: the program is wrong.
        """
        if state is not None:
            values["state"] = state
        steps = self._steps(values)
        moving = self.filtered(
            # A list, not a generator: each step is checked, also behind one that moves.
            lambda record: any([record._may_reach(name, steps[name]) for name in steps])  # noqa: C419
        )
        if moving:
            if not self.env.su:
                moving.check_access("write")
            # sudo: states - users who may write a record move it by what they do with it.
            moving.sudo().write(values)
        return moving

    @api.model
    def _advance_where(self, condition, **values):
        """Move rows of this table in one statement: maybe more than fit into memory.

        Rows that may not go there from where they are stay as they are. Access rights are
        not checked: the caller has.

        :param condition: `SQL` on columns of this model's table.
        :param values: as for `_advance`, all by name.
        :return: number of rows that were written.
        """
        conditions = [SQL("(%s)", condition)]
        for name, target in self._steps(values).items():
            conditions.append(self._comes_from(name, target))
        assignments = [
            SQL(
                "%s = %s",
                SQL.identifier(name),
                self._fields[name].convert_to_column(value, self),
            )
            for name, value in values.items()
        ]
        self.env.flush_all()
        ((count,),) = self.env.execute_query(
            SQL(
                """WITH moved AS (UPDATE %s SET %s WHERE %s RETURNING 1)
                   SELECT COUNT(*) FROM moved""",
                SQL.identifier(self._table),
                SQL(", ").join(assignments),
                SQL(" AND ").join(conditions),
            )
        )
        if count:
            self.invalidate_model(list(values))
        return count

    @api.model
    def _steps(self, values):
        """Return {name: target} of the fields of states among `values`."""
        steps = {name: target for name, target in values.items() if self._transitions(name)}
        if not steps:
            raise ValueError(f"{self._name} is to move, but no state is named")
        return steps

    def _may_reach(self, name, target):
        """Tell whether this record moves to `target`; False when it is there already.

        :raise ValueError: it may not go there from where it is.
        """
        self.ensure_one()
        current = self[name]
        if target in self._transitions(name).get(current, ()):
            return True
        if target == current:
            return False
        raise ValueError(f"{self} may not go from {name} {current} to {target}")

    @api.model
    def _comes_from(self, name, target):
        """Return the condition of the rows that may go to `target`."""
        table = self._transitions(name)
        sources = [state for state, targets in table.items() if target in targets]
        if not sources:
            raise ValueError(f"Nothing of {self._name} goes to {name} {target}")
        column = SQL.identifier(name)
        named = tuple(state for state in sources if state)
        if not named:
            return SQL("%s IS NULL", column)
        condition = SQL("%s IN %s", column, named)
        return condition if all(sources) else SQL("(%s IS NULL OR %s)", column, condition)
