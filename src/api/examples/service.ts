/** Examples of the document: what the API says of itself and of who asks. */
import { actor, atMs } from './rollouts.ts';

export const serviceExamples = {
  getMe: {
    answer: {
      actor,
      verified: true,
      loginNeeded: false,
      grants: [{ role: 'viewer', environments: ['*'], services: ['*'] }],
      can: ['read'],
      somewhere: ['read'],
      session: { id: '5f0c3f0e6f5d4c55', untilMs: atMs + 28_800_000, csrf: 'p2Yk0bXo0aC8c0oVt0Jr1g' },
      ways: [
        {
          kind: 'openid',
          name: 'login.example.com',
          href: '/auth/login?issuer=https%3A%2F%2Flogin.example.com',
        },
        { kind: 'token', href: '/auth/token' },
      ],
    },
  },
  getConfiguration: {
    answer: {
      versions: { sluice: '0.1.0', node: 'v22.12.0', api: '1' },
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
      access: { needed: true, tokens: true, issuers: [], encrypted: 'own' },
      policies: { sha256: null, problem: null, list: [] },
      freezes: [],
      evidence: { store: 'file', signed: true, retentionDays: 400 },
      events: { signed: true, bearer: false },
      notifiers: ['slack'],
      outgoing: null,
    },
  },
  getHealth: { answer: { ok: true } },
  getReadiness: {
    answer: {
      ready: true,
      temporal: { ok: true, address: '127.0.0.1:7233', detail: 'answers' },
      worker: { seen: true, detail: 'a worker polled for rollouts lately' },
    },
  },
} as const;
