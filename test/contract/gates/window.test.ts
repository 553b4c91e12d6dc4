import { windowGate } from '../../../src/providers/gates/window.ts';
import { gateContract } from './suite.ts';

const berlin = { timeZone: 'Europe/Berlin', from: '09:00', to: '17:00' };
const at = (time: string) => ({ nowMs: Date.parse(time) });

gateContract(windowGate, async () => ({
  gate: windowGate.create({
    freezes: [
      {
        name: 'peak season',
        from: '2030-12-01T00:00:00+01:00',
        to: '2031-01-02T00:00:00+01:00',
        environments: ['prod'],
      },
    ],
  }),
  open: [
    { name: 'a working hour', options: berlin, question: at('2030-06-03T09:00:00+02:00') },
    { name: 'always', options: { days: ['sat', 'sun'] }, question: at('2030-06-01T00:00:00Z') },
    {
      name: 'a freeze of another environment',
      options: berlin,
      question: { ...at('2030-12-03T10:00:00+01:00'), environment: 'staging' },
    },
  ],
  closed: [
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
