import { approvalGate } from '../../../src/providers/gates/approval.ts';
import { gateContract } from './suite.ts';

const yes = (actor: string | null, ageMs = 1_000, place: 'start' | number = 'start') => ({
  actor,
  reason: 'looks good',
  place,
  atMs: Date.now() - ageMs,
});
const hourMs = 3_600_000;
const captain = { roles: ['captain'] };

gateContract(approvalGate, async () => ({
  gate: approvalGate.create({
    roles: { captain: ['bob', 'cid'] },
    delegates: {
      cid: [
        'dora',
        { to: 'fay', until: '2030-01-01T00:00:00Z' },
        { to: 'gil', until: '2020-01-01T00:00:00Z' },
      ],
    },
  }),
  open: [
    { name: 'one yes', question: { approvals: [yes('bob')] } },
    { name: 'two people', options: { count: 2 }, question: { approvals: [yes('bob'), yes('eve')] } },
    {
      name: 'the author, where the plan lets them',
      options: { notAuthor: false },
      question: { approvals: [yes('ann')] },
    },
    { name: 'somebody of the role', options: captain, question: { approvals: [yes('cid')] } },
    { name: 'who stands in for one of the role', options: captain, question: { approvals: [yes('dora')] } },
    { name: 'who stands in for some time', options: captain, question: { approvals: [yes('fay')] } },
  ],
  closed: [
    {
      name: 'the author alone',
      question: { approvals: [yes('ann')] },
      answer: 'hold',
      says: /that of ann does not count: whoever starts a rollout cannot approve it.*sluice approve prod\/shop/,
    },
    {
      name: 'one person twice',
      options: { count: 2 },
      question: { approvals: [yes('bob'), yes('bob')] },
      answer: 'hold',
      says: /needs 2 approvals, not of ann, has that of bob/,
    },
    {
      name: 'an expired one',
      options: { validFor: '1h' },
      question: { approvals: [yes('bob', hourMs + 1)] },
      answer: 'hold',
      says: /has expired/,
    },
    {
      name: 'somebody without the role',
      options: captain,
      question: { approvals: [yes('eve')] },
      answer: 'hold',
      says: /of captain.*eve does not count: they are not among those who may/,
    },
    {
      name: 'who stood in and does so no more',
      options: captain,
      question: { approvals: [yes('gil')] },
      answer: 'hold',
      says: /gil does not count: their delegation ended at 2020-01-01/,
    },
    {
      name: 'a yes to another stage',
      question: { approvals: [yes('bob', 1_000, 2)] },
      answer: 'hold',
      says: /needs 1 approval/,
    },
    {
      name: 'a role that nobody has',
      options: { roles: ['pilot'] },
      answer: 'refuse',
      says: /nobody has the role pilot/,
    },
  ],
  missing: [
    { name: 'nobody has said anything' },
    { name: 'a yes of nobody', question: { approvals: [yes(null)] } },
  ],
}));
