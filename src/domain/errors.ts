/** The one error catalogue: every failure Sluice reports has a code, an HTTP status, a retry rule and advice. */

interface CatalogueEntry {
  /** HTTP status with which the API answers. */
  readonly status: number;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** What to try, in one sentence. */
  readonly advice: string;
}

export const errorCatalogue = {
  'plan-invalid': {
    status: 422,
    retryable: false,
    advice: 'Correct the fields listed; `sluice validate` shows every problem at once.',
  },
  'plan-refused': {
    status: 422,
    retryable: false,
    advice: 'Change the fields listed as they say, or ask whoever keeps the policy that is named.',
  },
  'dependency-unmet': {
    status: 409,
    retryable: false,
    advice: 'Roll out first what the plan depends on, or wait until it has ended, and start again.',
  },
  'policies-invalid': {
    status: 500,
    retryable: false,
    advice: 'Correct the policy files that are named; until then no rollout begins.',
  },
  'request-invalid': {
    status: 400,
    retryable: false,
    advice: 'Correct the fields listed and send the request again.',
  },
  'rollout-not-found': { status: 404, retryable: false, advice: 'List rollouts with `sluice list`.' },
  'rollout-running': {
    status: 409,
    retryable: false,
    advice: 'Wait for the running rollout, roll it back, or set `onConflict: supersede` in the plan.',
  },
  'cooldown-running': {
    status: 409,
    retryable: false,
    advice: 'Wait until then, or start with `--force` (`"force": true`).',
  },
  'hook-failed': {
    status: 500,
    retryable: true,
    advice: 'Look at what the hook calls, and at its settings in the operator configuration.',
  },
  'notify-failed': {
    status: 503,
    retryable: true,
    advice: 'Look at the receiver, and at its settings under notifiers in the operator configuration.',
  },
  'notify-refused': {
    status: 422,
    retryable: false,
    advice: 'Look at the settings under notifiers in the operator configuration; this message is lost.',
  },
  'command-refused': {
    status: 409,
    retryable: false,
    advice:
      'The command does not fit the present state. Look at it: `sluice status`, `sluice emergencies` or `sluice incidents`.',
  },
  'rollout-moved-on': {
    status: 409,
    retryable: false,
    advice: 'Nothing was done. Look at the rollout again, and give the command anew if it is still meant.',
  },
  'emergency-stopped': {
    status: 409,
    retryable: false,
    advice: 'When it is safe again, release the stop with `sluice emergency-stop --release`.',
  },
  'emergency-open': {
    status: 409,
    retryable: false,
    advice:
      'When it is safe again, release it with `sluice rollback --emergency --release --scope … --reason …`, with the scope named.',
  },
  'emergency-not-found': {
    status: 404,
    retryable: false,
    advice: 'List emergencies with `sluice emergencies`; the same scope in other words is another emergency.',
  },
  'rollout-ended': {
    status: 410,
    retryable: false,
    advice: 'Nothing needs to be done: the rollout is over. Look at it with `sluice status`.',
  },
  'signature-invalid': {
    status: 401,
    retryable: false,
    advice:
      'Sign `<t>.<body>` with HMAC-SHA256 and a secret that the operator configured under events, and send `X-Sluice-Signature: t=<t>,v1=<hex>`.',
  },
  'signature-expired': {
    status: 401,
    retryable: false,
    advice: 'Sign the event anew, with the present time; look at the clocks of both machines.',
  },
  'events-unconfigured': {
    status: 503,
    retryable: false,
    advice: 'Name a readable secret under events.secrets in the operator configuration.',
  },
  'evidence-unconfigured': {
    status: 503,
    retryable: false,
    advice: 'Name a store under evidence.store in the operator configuration of worker and API.',
  },
  'evidence-unavailable': {
    status: 503,
    retryable: true,
    advice: 'The store of evidence did not answer. Check that it is there, its credentials and its space.',
  },
  'evidence-not-found': {
    status: 404,
    retryable: false,
    advice:
      'Look at `sluice evidence list`; `sluice evidence collect` makes the bundle of a rollout that has ended.',
  },
  'evidence-early': {
    status: 409,
    retryable: false,
    advice: 'Wait until the rollout has ended; a report of it can be had at any time.',
  },
  'evidence-pruned': {
    status: 410,
    retryable: false,
    advice: 'Its manifest and the chain are still there: `sluice evidence show` and `verify`.',
  },
  'evidence-damaged': {
    status: 500,
    retryable: false,
    advice: 'Verify it with `sluice evidence verify`, and take the file from a copy of the store.',
  },
  'evidence-key': {
    status: 500,
    retryable: false,
    advice: 'Correct evidence.signingKey and evidence.trustedKeys in the operator configuration.',
  },
  'approvals-unconfigured': {
    status: 503,
    retryable: false,
    advice:
      'Name a readable secret of 16 characters or more under approvals.secret in the operator configuration.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    advice:
      'Send `Authorization: Bearer …` with a token that is still good; `sluice` takes it from SLUICE_TOKEN.',
  },
  'login-refused': {
    status: 401,
    retryable: false,
    advice: 'Begin the login again; if it is refused once more, ask whoever runs the provider or Sluice.',
  },
  'login-unconfigured': {
    status: 404,
    retryable: false,
    advice: 'See `GET /v1/me` for the ways to log in; the operator names them under auth.',
  },
  'sessions-unconfigured': {
    status: 404,
    retryable: false,
    advice:
      'Name a folder that all replicas share under auth.sessions.folder; to end all sessions change their keys.',
  },
  'session-not-found': {
    status: 404,
    retryable: false,
    advice:
      'Nothing needs to be done: it is over, or was never yours. List yours with `sluice sessions list`.',
  },
  'csrf-refused': {
    status: 403,
    retryable: false,
    advice: 'Send what `GET /v1/me` says under session.csrf as X-CSRF-Token, from a page of this API.',
  },
  'access-refused': {
    status: 403,
    retryable: false,
    advice:
      'Ask an administrator for a role that allows it there, or name an environment and service in which you have one.',
  },
  'auth-unavailable': {
    status: 503,
    retryable: true,
    advice: 'Check the file of tokens, and whether the OpenID provider can be reached from the API.',
  },
  'notices-not-found': {
    status: 404,
    retryable: false,
    advice: 'Configure notifiers and routes; rollouts that begin after that are told.',
  },
  'incident-not-found': { status: 404, retryable: false, advice: 'List incidents with `sluice incidents`.' },
  'not-found': { status: 404, retryable: false, advice: 'See /docs for the routes that exist.' },
  'method-not-allowed': {
    status: 405,
    retryable: false,
    advice: 'Use one of the methods in the Allow header; /docs shows each route.',
  },
  'media-type-unsupported': {
    status: 415,
    retryable: false,
    advice: 'Send `Content-Type: application/json`, or `application/yaml` where a plan is expected.',
  },
  'starts-busy': {
    status: 429,
    retryable: true,
    advice:
      'Send the same request again, with the same Idempotency-Key, when Retry-After has passed; a place is kept for it then.',
  },
  'rate-limited': {
    status: 429,
    retryable: true,
    advice:
      'Wait as long as Retry-After says; the operator sets how much one principal may ask under api.limits.',
  },
  'request-slow': {
    status: 408,
    retryable: true,
    advice: 'Send the request again, all at once; look at the network between you and the API.',
  },
  'headers-too-large': {
    status: 431,
    retryable: false,
    advice: 'Send less in headers: 16 KiB at most, cookies and tokens among them.',
  },
  'body-too-large': { status: 413, retryable: false, advice: 'Send at most 256 KiB.' },
  'host-refused': {
    status: 403,
    retryable: false,
    advice: 'Address the API by a loopback name, or by one that the operator listed under api.hostNames.',
  },
  'origin-refused': {
    status: 403,
    retryable: false,
    advice: 'Send the request from the command line or from a page that the API itself serves.',
  },
  'supersede-pending': {
    status: 503,
    retryable: true,
    advice:
      'The running rollout ends first; send the same request again in a few seconds, or when its question is answered.',
  },
  'idempotency-mismatch': {
    status: 422,
    retryable: false,
    advice: 'Use a new Idempotency-Key for a different request.',
  },
  'worker-absent': {
    status: 503,
    retryable: true,
    advice: 'No worker answered. Check that a worker runs and polls the queue `sluice-rollouts`.',
  },
  'temporal-unavailable': {
    status: 503,
    retryable: true,
    advice:
      'Temporal did not answer. Check `temporal.address`, `temporal.namespace` and its health; running canaries fall back to stable when their lease runs out.',
  },
  'provider-unknown': {
    status: 422,
    retryable: false,
    advice: 'Name one of the providers that the operator configured.',
  },
  'provider-config': {
    status: 500,
    retryable: false,
    advice: 'Correct the provider settings in the operator configuration.',
  },
  'traffic-unavailable': {
    status: 503,
    retryable: true,
    advice: 'The data plane did not answer. Check that it runs and that its control socket is reachable.',
  },
  'traffic-unready': {
    status: 422,
    retryable: false,
    advice:
      'Make the data plane fit: load the rendered HAProxy configuration for this target, or correct the route, Services or options that the message names.',
  },
  'cluster-forbidden': {
    status: 500,
    retryable: false,
    advice: "Give Sluice's account the right that is named; `sluice rbac` prints all that it needs.",
  },
  'clock-skewed': {
    status: 422,
    retryable: false,
    advice: 'Keep both clocks in time (NTP), or set `lease.ttl` to more than ten times the difference.',
  },
  'traffic-fenced': {
    status: 409,
    retryable: false,
    advice: 'A newer owner has taken over this target; nothing needs to be done.',
  },
  'traffic-mismatch': {
    status: 500,
    retryable: true,
    advice: 'The data plane did not show what was written. Look for another writer of the same target.',
  },
  'metrics-unavailable': {
    status: 503,
    retryable: true,
    advice: 'The metrics source did not answer. Check its address, credentials and health.',
  },
  'metrics-query': {
    status: 422,
    retryable: false,
    advice: 'Correct the query; try it in the metrics source itself.',
  },
  'backtest-busy': {
    status: 503,
    retryable: true,
    advice: 'Send the same request again when one of the others is over.',
  },
  'health-probe': {
    status: 500,
    retryable: true,
    advice: 'The probe could not be tried. Check the health instance in the operator configuration.',
  },
  'alerts-unavailable': {
    status: 503,
    retryable: true,
    advice: 'The source of alerts did not answer. Check its address, credentials and health.',
  },
  'workload-unready': {
    status: 500,
    retryable: false,
    advice: 'The new version did not become ready. Look at its log, named in the message.',
  },
  'workload-unavailable': {
    status: 503,
    retryable: true,
    advice: 'What runs the versions did not answer. Check that it runs and is reachable.',
  },
  'workload-fenced': {
    status: 409,
    retryable: false,
    advice: 'A newer owner has taken over this slot; nothing needs to be done.',
  },
  'workload-config': { status: 422, retryable: false, advice: 'Correct the workload part of the plan.' },
  'encryption-off': {
    status: 409,
    retryable: false,
    advice: "Take the remote codec out of the settings of Temporal's UI or CLI, or set temporal.encryption.",
  },
  'payload-key-missing': {
    status: 503,
    retryable: true,
    advice:
      'Add the key to temporal.encryption.keys of worker and API again; a former key stays there while histories are read.',
  },
  'config-invalid': { status: 500, retryable: false, advice: 'Correct the operator configuration file.' },
  'bind-refused': {
    status: 500,
    retryable: false,
    advice: 'Bind to a loopback address, or configure auth, api.hostNames and api.tls.',
  },
  internal: { status: 500, retryable: false, advice: 'Look at the log for the error with this request id.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One problem with one field of the input. `path` is dotted, for example `stages[0].weight`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** What found it; absent: the form of the document. */
  readonly kind?: 'policy' | 'practice' | 'dependency';
  /** The operator's policy that it does not fit. */
  readonly policy?: string;
}

interface SluiceErrorOptions {
  readonly cause?: unknown;
  readonly problems?: readonly Problem[];
  /** Facts for machines, such as the workflow id of a running rollout. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error of the catalogue. The message says what happened and why; the advice says what to try. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SluiceError';
    this.code = code;
    this.problems = options.problems ?? [];
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }

  get advice(): string {
    return errorCatalogue[this.code].advice;
  }
}

/** The message of anything thrown, without a stack trace. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
