"""A kind of import rule of our own: what two rooms side by side may know of each other."""

from __future__ import annotations

from typing import Any

from importlinter import Contract, ContractCheck, fields, output


class RoomsContract(Contract):
    """Inside each container, a room (a package) reaches another one through its package, never one of its modules."""

    containers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        """Kept when no module of a room imports a module inside another room of the same container."""
        broken = sorted(
            f"{importer} -> {imported}"
            for container in self.containers
            for importer in graph.find_descendants(container)
            for imported in graph.find_modules_directly_imported_by(importer)
            if _reaches_inside(container, importer, imported)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Each import that goes past a package."""
        for line in check.metadata["broken"]:
            output.print_error(line)


def _reaches_inside(container: str, importer: str, imported: str) -> bool:
    """Whether `imported` lies inside a room of `container` that is not the room of `importer`."""
    if not imported.startswith(f"{container}."):
        return False
    room, _, inside = imported.removeprefix(f"{container}.").partition(".")
    return bool(inside) and not f"{importer}.".startswith(f"{container}.{room}.")
