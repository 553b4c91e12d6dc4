/** On every page, while a stop of everything is in force: who ordered it, since when, why, and the way to its release. */
import { useEffect } from 'react';
import { Link } from 'wouter';
import type { StopOfAll } from '../../api/contract.ts';
import { useQuery } from '../live/use-query.ts';
import { Icon } from '../ui/icon.tsx';
import { Said } from '../ui/said.tsx';
import { At } from '../ui/time.tsx';
import { announce } from './announcer.tsx';
import { useMe } from './me.ts';
import { stopText } from './stop-text.ts';
import './stop-bar.css';

const lookEveryMs = 3_000;

export function StopBar() {
  const me = useMe();
  const mayRead = me?.somewhere.includes('read') === true;
  const { data } = useQuery('getEmergencyStop', mayRead ? {} : null, lookEveryMs);
  const text = data && stopText(data);
  useEffect(() => {
    if (text !== null) announce(text);
  }, [text]);
  return data === null || text === null ? null : (
    <section className="stop-bar" aria-label="Stop of everything">
      <Icon name="stop" />
      <strong>{text}</strong>
      <StopOrders orders={data.orders} />
      <Link href="/emergency">See and release it</Link>
    </section>
  );
}

function StopOrders({ orders }: Pick<StopOfAll, 'orders'>) {
  if (orders.length === 0) return <span>Who stopped it is not known here.</span>;
  return orders.map(({ actor, reason, atMs, emergency }) => (
    <span key={`${emergency} ${atMs}`}>
      Since <At ms={atMs} />, <Said by={actor} text={reason} />
      {emergency === null ? '' : ` (emergency ${emergency})`}
    </span>
  ));
}
