import type { Override } from '../../../src/domain/gates/types.ts';
import { windowGate } from '../../../src/providers/gates/window.ts';
import { gateContract } from './suite.ts';

const berlin = { timeZone: 'Europe/Berlin', from: '09:00', to: '17:00' };
const at = (time: string) => ({ nowMs: Date.parse(time) });
const override = (actor: string, confirmedBy: string, until: string): Override => ({
  actor,
  reason: 'a hole in the shop',
  forMs: 3_600_000,
  atMs: 0,
  confirmedBy,
  confirmedAtMs: 0,
  untilMs: Date.parse(until),
});

gateContract(windowGate, async () => ({
  gate: windowGate.create({
    freezes: [
      {
        name: 'peak season',
        from: '2030-12-01T00:00:00+01:00',
        to: '2031-01-02T00:00:00+01:00',
        environments: ['prod'],
      },
      { name: 'audit', from: '2031-03-01T00:00:00Z', to: '2031-03-08T00:00:00Z', teams: ['payments'] },
      { name: 'migration', from: '2031-04-01T00:00:00Z', to: '2031-04-02T00:00:00Z', services: ['shop'] },
    ],
    teams: { payments: ['shop', 'till'] },
    overriders: ['bob', 'cid'],
  }),
  open: [
    { name: 'a working hour', options: berlin, question: at('2030-06-03T09:00:00+02:00') },
    { name: 'always', options: { days: ['sat', 'sun'] }, question: at('2030-06-01T00:00:00Z') },
    {
      name: 'an override of two who may',
      question: { ...at('2031-04-01T10:00:00Z'), override: override('bob', 'cid', '2031-04-01T10:00:01Z') },
    },
    {
      name: 'a freeze of the team, for a service of another',
      question: { ...at('2031-03-05T10:00:00Z'), service: 'search' },
    },
    {
      name: 'a freeze of another environment',
      options: berlin,
      question: { ...at('2030-12-03T10:00:00+01:00'), environment: 'staging' },
    },
  ],
  closed: [
    {
      name: 'a freeze of the team',
      question: at('2031-03-05T10:00:00Z'),
      answer: 'hold',
      says: /freeze "audit" lasts until 2031-03-08/,
    },
    {
      name: 'a freeze of the service',
      question: at('2031-04-01T10:00:00Z'),
      answer: 'hold',
      says: /freeze "migration"/,
    },
    {
      name: 'an override whose time is over, at its end itself',
      question: { ...at('2031-04-01T10:00:00Z'), override: override('bob', 'cid', '2031-04-01T10:00:00Z') },
      answer: 'hold',
      says: /freeze "migration"/,
    },
    {
      name: 'an override by somebody who may not',
      question: { ...at('2031-04-01T10:00:00Z'), override: override('bob', 'eve', '2031-04-01T11:00:00Z') },
      answer: 'hold',
      says: /the override does not count: eve may not give one/,
    },
    {
      name: 'the end itself',
      options: berlin,
      question: at('2030-06-03T17:00:00+02:00'),
      answer: 'hold',
      says: /closed until 2030-06-04T07:00:00/,
    },
    {
      name: 'a weekend',
      options: berlin,
      question: at('2030-06-01T12:00:00+02:00'),
      answer: 'hold',
      says: /2030-06-03T07:00:00/,
    },
    {
      name: 'a freeze',
      options: berlin,
      question: at('2030-12-03T10:00:00+01:00'),
      answer: 'hold',
      says: /peak season.*2031-01-01T23:00:00/,
    },
  ],
  missing: [],
}));
