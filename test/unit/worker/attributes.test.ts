/** A worker that waits until Temporal knows the search attributes. */
import { expect, test } from 'vitest';
import { registerSearchAttributes, untilKnown } from '../../../src/worker/attributes.ts';

const refused = (code: number, details: string) =>
  Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });
const unknown = refused(3, 'INVALID_ARGUMENT: column name SluiceChanged is not found');

/** Answers one list after the other as told, and the last for ever. */
function server(known: readonly string[], ...lists: (Error | null)[]) {
  const added: object[] = [];
  let asked = 0;
  const connection = {
    operatorService: {
      listSearchAttributes: async () => ({
        customAttributes: Object.fromEntries(known.map((name) => [name, 2])),
      }),
      addSearchAttributes: async ({ searchAttributes }: { searchAttributes: object }) => {
        added.push(searchAttributes);
      },
    },
    workflowService: {
      listWorkflowExecutions: async () => {
        const answer = lists[Math.min(asked, lists.length - 1)] ?? null;
        asked += 1;
        if (answer !== null) throw answer;
        return {};
      },
    },
  } as unknown as Parameters<typeof registerSearchAttributes>[0];
  return { connection, added, asked: () => asked };
}

const before = ['Service', 'Environment', 'Version', 'Phase', 'Stage', 'Outcome'].map(
  (name) => `Sluice${name}`,
);

test('registers what is missing, and begins when Temporal takes it', async () => {
  const { connection, added, asked } = server(before, unknown, null);
  await registerSearchAttributes(connection, 'default');
  expect(added).toEqual([{ SluiceChanged: 6 }]);
  expect(asked()).toBe(2);
});

test('waits as well where another worker has just registered them', async () => {
  const { connection, added, asked } = server([...before, 'SluiceChanged'], unknown, null);
  await registerSearchAttributes(connection, 'default');
  expect(added).toEqual([]);
  expect(asked()).toBe(2);
});

test('does not begin while one is not known, and says which there must be and how to register them', async () => {
  const { connection } = server(before, unknown);
  await expect(untilKnown(connection, 'blue', 0)).rejects.toThrow(
    /in namespace blue with "temporal operator search-attribute create .*SluiceChanged \(DATETIME\)/,
  );
});

test('begins where nobody can say', async () => {
  const { connection } = server(before, refused(14, 'UNAVAILABLE: no connection'));
  await expect(untilKnown(connection, 'default', 0)).resolves.toBeUndefined();
});
