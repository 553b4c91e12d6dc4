/** Who asks the API in turn, and how it may answer each of them what is of the right form. */
import { type Operation, type OperationName, operations } from '../../src/api/contract.ts';
import { errorCatalogue } from '../../src/domain/errors.ts';

export interface Pass {
  readonly name: 'admin' | 'viewer' | 'nobody';
  /** Null: none is sent but what schemathesis makes up. */
  readonly token: string | null;
  /** Whether cases are made up at random and in sequences too, beside examples and the limits of every schema. */
  readonly thorough: boolean;
}

const names = Object.keys(operations).filter((name): name is OperationName => name in operations);

/** Who has not logged in may ask these too. */
const forNobody: ReadonlySet<OperationName> = new Set([
  'getHealth',
  'getReadiness',
  'getMe',
  'logOut',
  'loginWithToken',
]);
/** A viewer may do these, which change nothing, or are everybody's own. */
const forViewers: ReadonlySet<OperationName> = new Set([
  ...forNobody,
  'validatePlan',
  'checkMetrics',
  'runBacktest',
  'decodePayloads',
  'encodePayloads',
  'revokeSession',
  'sendEvent',
]);

/** What is of the right form and makes no sense all the same; the schemas cannot say why. */
const senseless: Partial<Record<OperationName, readonly string[]>> = {
  // A stage that the plan does not have, or a window of time without a step in it.
  runBacktest: ['400'],
  // A rollback takes no expectation, which the other commands of that path do.
  steerRollout: ['400'],
  // No environment and no service can be called so.
  emergencyStop: ['400'],
  openEmergency: ['400'],
  // Keys that nobody may set, which what is open for any key may have by chance.
  decodePayloads: ['400'],
  encodePayloads: ['400'],
  // Nobody guesses a token, nor signs by chance; and an address that goes on trying is told to wait.
  loginWithToken: ['401', '429'],
  sendEvent: ['401', '429'],
  // Others' sessions are for an admin.
  listSessions: ['403'],
};

/** Of schemathesis, in TOML. `rollouts`: services of `demo` of which rollouts are known. */
export function configurationOf({ name, token }: Pass, rollouts: readonly string[]): string {
  return `[generation]
# Who asks with a token shows nothing else.
with-security-parameters = ${token === null}
[dictionaries]
environments = { values = ["demo"] }
services = { values = ${JSON.stringify(rollouts)} }
# Names that are made up are those of no rollout.
[parameters]
"path.environment" = { dictionary = "environments", probability = 0.5 }
"path.service" = { dictionary = "services", probability = 0.5 }

${names.map((operation, at) => section(name, operation, at)).join('\n')}`;
}

/** Failures of one address are bounded, so each operation has an address. */
function section(who: Pass['name'], name: OperationName, at: number): string {
  const { answer }: Operation = operations[name];
  return `[[operations]]
include-operation-id = "${name}"
headers = { X-Forwarded-For = "10.1.0.${at + 1}" }
max-stream-events = 2
[operations.checks]
# To the document a stream is a text, to the check each of its events would have to be it.
response_schema_conformance = { enabled = ${answer !== 'events'} }
positive_data_acceptance = { expected-statuses = ${JSON.stringify(accepting(who, name))} }
negative_data_rejection = { expected-statuses = ${JSON.stringify(refusing(who, name))} }
`;
}

function accepting(who: Pass['name'], name: OperationName): readonly string[] {
  if (who === 'nobody' && !forNobody.has(name)) return ['401', '429'];
  const { errors, method, query }: Operation = operations[name];
  const own = senseless[name] ?? [];
  // Before anybody looks who may, it is seen that it makes no sense.
  if (who === 'viewer' && method === 'POST' && !forViewers.has(name)) return ['403', ...own];
  // Beside success only what the operation itself may say of how things are.
  const told = errors.map((code) => String(errorCatalogue[code].status)).filter((status) => status < '500');
  // A cursor is opaque, so none that is made up is one.
  const cursor = query !== undefined && 'cursor' in query.shape ? ['400'] : [];
  return ['2xx', ...(method === 'GET' ? ['304'] : []), ...new Set([...told, ...own, ...cursor])];
}

/** What is not of the right form is refused, or is for somebody else, or of nothing that is there. */
function refusing(who: Pass['name'], name: OperationName): readonly string[] {
  const good = accepting(who, name).filter((status) => !status.startsWith('2'));
  return [...new Set([...good, '400', '404', '405', '413', '415', '431'])];
}
