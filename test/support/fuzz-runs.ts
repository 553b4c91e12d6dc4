/** How many cases a property is tried with: some in `npm test`, many in `npm run fuzz`. */
export function fuzzRuns(usually: number): number {
  return Number(process.env.SLUICE_FUZZ_RUNS ?? usually);
}
