/** Sends an emergency order, once however often it is pressed, and keeps what came of it. */
import { useRef, useState } from 'react';
import type { ScopeWords } from '../../../domain/emergency/scope.ts';
import { stopScope } from '../../../domain/emergency/stop-scope.ts';
import { type ApiProblem, client, problemOf } from '../../api/client.ts';
import { type Stopped, stoppedIn } from './stopped.ts';

export interface Order {
  readonly kind: 'stop' | 'rollback';
  readonly words: ScopeWords;
  /** Of a rollback: where promoted targets go; empty: they stay. */
  readonly to: string;
  readonly reason: string;
  readonly actor: string;
}

export interface Sent {
  readonly stopped: Stopped;
  /** Of the emergency that was opened; null: it was only a stop. */
  readonly id: string | null;
}

const over: ApiProblem = {
  ...problemOf(null),
  title: 'That emergency is over already',
  detail: 'An earlier try opened it, and it was released meanwhile. Nothing was stopped now.',
  advice: 'Send it again to open another.',
};

export function useEmergency(onSent: (sent: Sent) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const key = useRef<string>(undefined);
  const [refused, setRefused] = useState<Order | null>(null);
  /** Answers whether it was taken. */
  const send = async (order: Order): Promise<boolean> => {
    if (busy) return false;
    // What is sent again after a lost answer is done once.
    key.current ??= crypto.randomUUID();
    setBusy(true);
    setProblem(null);
    try {
      const sent = await post(order, key.current, isOfRefused(refused, order));
      key.current = undefined;
      setRefused(null);
      if (sent === null) setProblem(over);
      else onSent(sent);
      return sent !== null;
    } catch (error) {
      const found = problemOf(error);
      if (found.status !== 0 && found.status < 500) key.current = undefined;
      setProblem(found);
      if (needsForce(found)) setRefused(order);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    problem,
    stopped: problem && stoppedIn(problem),
    /** Whether the order, sent again, is opened although nobody knows its targets. */
    forces: (order: Pick<Order, 'kind' | 'words'>) => isOfRefused(refused, order),
    send,
  };
}

/** Nobody knows any of its targets: maybe a typing error, maybe rolled out longer ago than is known. */
function needsForce({ code }: Pick<ApiProblem, 'code'>): boolean {
  return code === 'rollout-not-found';
}

/** Whoever presses again after the refusal of just that scope means it. */
export function isOfRefused(refused: Order | null, { kind, words }: Pick<Order, 'kind' | 'words'>): boolean {
  return refused?.kind === 'rollback' && kind === 'rollback' && refused.words.join(' ') === words.join(' ');
}

/** Null: what it opened at an earlier try is over by now, and nothing was done. */
async function post(order: Order, idempotencyKey: string, force: boolean): Promise<Sent | null> {
  const { kind, words, to, reason, actor } = order;
  const said = { reason, actor };
  if (kind === 'stop') {
    const body = { ...said, scope: stopScope(words) };
    const stopped = await client.emergencyStop({ body }, { idempotencyKey });
    return { stopped, id: null };
  }
  const body = { ...said, scope: words, ...(to === '' ? {} : { to }), ...(force ? { force } : {}) };
  const { stop, id, over } = await client.openEmergency({ body }, { idempotencyKey });
  return over ? null : { stopped: stop, id };
}
