/** Finds what a person probably meant when they wrote a name that does not exist. */

/** Longer names are compared by their beginning only, so that hostile input costs nothing. */
const longestName = 64;

/** The candidate nearest to `name` by edits, if it is near enough to be a slip; a tie goes to the earlier one. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.round(wanted.length / 3)) + 0.5;
  for (const candidate of candidates) {
    const known = plain(candidate);
    const distance = isPartOf(wanted, known) ? 1 : editDistance(wanted, known);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A sentence about an unknown name: the nearest match when there is one, and in any case what is allowed. */
export function adviceFor(name: string, candidates: readonly string[]): string {
  const match = nearest(name, candidates);
  const guess = match === undefined ? '' : `did you mean "${match}"? `;
  return `${guess}allowed: ${candidates.length === 0 ? 'none' : candidates.join(', ')}`;
}

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      next.push(cost);
    }
    beforeLast = last;
    last = next;
  }
  return at(last, b.length);
}

/** Case and separators are slips, not differences: `warm_up`, `warm-up` and `warmUp` are one name. */
function plain(name: string): string {
  return name
    .slice(0, longestName)
    .toLowerCase()
    .replace(/[-_ .]/g, '');
}

/** `latency` for `latency-p95`; short beginnings say too little. */
function isPartOf(wanted: string, known: string): boolean {
  return wanted.length >= 4 && (known.startsWith(wanted) || wanted.startsWith(known));
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
