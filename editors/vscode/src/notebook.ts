// Notebooks: each cell is a document of its own, and those around it are what it goes by.

/** The server looks at the 20 documents that were in front last; other files need room too. */
const kMaxAbove = 8;
const kMaxBelow = 4;

/**
 * What the server is to believe was looked at before the cell `front`, oldest first and `front`
 * last: the cells below it, then those above it, the nearest last. `cells` are those of the
 * notebook, in its order.
 */
export function visitsBefore<Cell>(cells: readonly Cell[], front: Cell): Cell[] {
  const place = cells.indexOf(front);
  if (place < 0) return [front];
  const above = cells.slice(Math.max(place - kMaxAbove, 0), place);
  const below = cells.slice(place + 1, place + 1 + kMaxBelow);
  return [...below.reverse(), ...above, front];
}
