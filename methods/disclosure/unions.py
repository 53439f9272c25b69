"""What differences tell: a published territory less its published children is the hidden ones together."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from methods.disclosure.geography import Geography
from methods.disclosure.rules import Rules
from methods.disclosure.scaled import Targets
from methods.disclosure.sensitivity import Quantities, sensitivity_of_sets
from methods.disclosure.tables import Table, incidence


def sensitive_unions(
    table: Table, hidden: np.ndarray, geography: Geography, columns: Quantities, managers: np.ndarray, rules: Rules
) -> Targets:
    """The unions that are sensitive, as combinations of the table's variables."""
    bits = _bitsets(table.cells)
    index = {q: position for position, q in enumerate(table.family.tolist())}
    row_of, is_hidden = table.row_of.tolist(), hidden.tolist()
    found: dict[int, int] = {}
    for row, (q, place) in enumerate(table.names.tolist()):
        if is_hidden[row]:
            continue
        rows = row_of[index[q]]
        for children in geography.children[place]:
            rest = bits[row]
            for child in children:
                known = rows[child]
                if known >= 0 and not is_hidden[known]:
                    rest &= ~bits[known]
            if rest and rest != bits[row]:
                found.setdefault(rest, q)
    if not found:
        return Targets(sparse.csr_array((0, len(table.atom))), np.zeros(0))
    variables = [_members(rest, len(table.atom)) for rest in found]
    structures = [np.concatenate([geography.structures[atom] for atom in table.atom[inside]]) for inside in variables]
    told = sensitivity_of_sets(columns, managers, structures, np.array(list(found.values())), rules)
    sensitive = np.flatnonzero(told.rules != "")
    return Targets(incidence([variables[case] for case in sensitive], len(table.atom)), told.widths[sensitive])


def _bitsets(cells: sparse.csr_array) -> list[int]:
    """The variables of each row, as the bits of a whole number."""
    starts, columns = cells.indptr.tolist(), cells.indices.tolist()
    found = []
    for row in range(len(starts) - 1):
        bits = 0
        for column in columns[starts[row] : starts[row + 1]]:
            bits |= 1 << column
        found.append(bits)
    return found


def _members(bits: int, size: int) -> np.ndarray:
    """The variables whose bits are set."""
    packed = np.frombuffer(bits.to_bytes((size + 7) // 8, "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(packed, bitorder="little"))
