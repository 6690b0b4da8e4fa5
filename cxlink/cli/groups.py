"""The list of commands in ``--help``, in groups; plain text, because drawing boxes would double the time of a start."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

GROUPS = ("Start", "Monthly", "Decide", "Advanced")


class GroupedCommands(TyperGroup):
    """A command group whose help lists its commands by their panel."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, one section a group.

        Parameters
        ----------
        ctx : Context
            Of the command line.
        formatter : HelpFormatter
            Where the text goes.
        """
        listed = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        for group in GROUPS:
            rows = [
                (name, command.get_short_help_str(formatter.width))
                for name, command in listed
                if command is not None and getattr(command, "rich_help_panel", None) == group
            ]
            if rows:
                with formatter.section(group):
                    formatter.write_dl(rows)
