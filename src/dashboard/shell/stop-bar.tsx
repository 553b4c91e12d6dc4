/**
 * On every page, while a stop of everything is in force: who ordered it, since when, why, and the way to its release.
 * Modestly, where it cannot be seen whether one is.
 */
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { StopOfAll } from '../../api/contract.ts';
import { useQuery } from '../live/use-query.ts';
import { Icon } from '../ui/icon.tsx';
import { Said } from '../ui/said.tsx';
import { At } from '../ui/time.tsx';
import { announce } from './announcer.tsx';
import { useMe } from './me.ts';
import { stoppedIn, stopText, unseenText, withLastKnown } from './stop-text.ts';
import './stop-bar.css';

const lookEveryMs = 3_000;

export function StopBar() {
  const me = useMe();
  const mayRead = me?.somewhere.includes('read') === true;
  const { data } = useQuery('getEmergencyStop', mayRead ? {} : null, lookEveryMs);
  const known = useLastKnown(data);
  const text = known && stopText(known);
  useAnnounced(text, known === null ? 0 : stoppedIn(known).length);
  if (known === null) return null;
  if (text === null) {
    const unseen = unseenText(known);
    return unseen === null ? null : (
      <section className="stop-unseen muted" aria-label="Stop of everything">
        {unseen}
      </section>
    );
  }
  return (
    <section className="stop-bar" aria-label="Stop of everything">
      <Icon name="stop" />
      <strong>{text}</strong>
      <StopOrders orders={known.orders} />
      <Link href="/emergency">See and release it</Link>
    </section>
  );
}

/** Null: nobody has answered. */
function useLastKnown(data: StopOfAll | null): StopOfAll | null {
  const [known, setKnown] = useState<StopOfAll | null>(null);
  useEffect(() => {
    if (data !== null) setKnown((last) => withLastKnown(last, data));
  }, [data]);
  return data === null ? null : known;
}

/** Said when more is stopped than before; that less is, is no alarm. */
function useAnnounced(text: string | null, count: number): void {
  const before = useRef(0);
  useEffect(() => {
    if (text !== null && count > before.current) announce(text);
    before.current = count;
  }, [text, count]);
}

function StopOrders({ orders }: Pick<StopOfAll, 'orders'>) {
  if (orders.length === 0) return <span>Who stopped it is not known here.</span>;
  return orders.map(({ actor, reason, atMs, emergency }) => (
    <span key={`${emergency} ${atMs}`}>
      {emergency === null ? 'Last ordered through this API: ' : 'Since '}
      <At ms={atMs} />, <Said by={actor} text={reason} />
      {emergency === null ? '' : ` (emergency ${emergency})`}
    </span>
  ));
}
