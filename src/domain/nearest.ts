/** Finds what a person probably meant when they wrote a name that does not exist. */

/** Longer names are compared by their beginning only, so that hostile input costs nothing. */
const longestName = 64;

/** More names than these are a page that nobody reads. */
const mostListed = 30;
/** Of a long list. */
const mostNear = 4;
const mostExamples = 10;

/** The candidate nearest to `name` by edits, if it is near enough to be a slip; a tie goes to the earlier one. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  return nearby(name, candidates)[0]?.candidate;
}

/** All candidates that are near enough to be meant, the nearest one first. */
function nearby(name: string, candidates: Iterable<string>) {
  const wanted = plain(name);
  const farthest = Math.max(1, Math.round(wanted.length / 3)) + 0.5;
  return [...candidates]
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, plain(candidate)) }))
    .filter(({ distance }) => distance < farthest)
    .toSorted((a, b) => a.distance - b.distance);
}

/**
 * A sentence about an unknown name: the nearest match when there is one, and what is allowed. Of many names only the
 * near ones, and `rest` says where the others are.
 */
export function adviceFor(
  name: string,
  candidates: readonly string[],
  rest = `${candidates.length} are allowed`,
): string {
  const near = nearby(name, candidates);
  const [best] = near;
  if (candidates.length <= mostListed) {
    const guess = best === undefined ? '' : `did you mean "${best.candidate}"? `;
    return `${guess}allowed: ${candidates.length === 0 ? 'none' : candidates.join(', ')}`;
  }
  if (best === undefined) return `allowed: ${candidates.slice(0, mostExamples).join(', ')} …; ${rest}`;
  const told = near
    .filter(({ distance }) => distance === best.distance)
    .slice(0, mostNear)
    .map(({ candidate }) => `"${candidate}"`);
  return `did you mean ${told.join(' or ')}? ${rest}`;
}

function distanceTo(wanted: string, known: string): number {
  if (isPartOf(wanted, known)) return 1;
  const distance = editDistance(wanted, known);
  return isEndOf(wanted, known) ? Math.min(1.25, distance) : distance;
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

/** `zone` for `timeZone`; a beginning says more. */
function isEndOf(wanted: string, known: string): boolean {
  return wanted.length >= 4 && known.endsWith(wanted);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
