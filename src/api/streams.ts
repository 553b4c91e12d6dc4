/** Which routes answer with a stream, that lasts for as long as somebody looks. */
import { type Operation, operations } from './contract.ts';

const paths: ReadonlySet<string> = new Set(
  Object.values(operations)
    .filter(({ answer }: Operation) => answer === 'events')
    .map(({ path }) => path),
);

export function isStream(route: string): boolean {
  return paths.has(route);
}
