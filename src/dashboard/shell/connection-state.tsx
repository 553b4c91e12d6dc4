/** Whether what is shown is true now: a sign in the header, and a banner once it is not. */
import { useEffect, useRef } from 'react';
import { type Connection, type ConnectionKind, isAway, useConnection } from '../live/connection.ts';
import { shownKind } from '../live/heard.ts';
import { useNow } from '../live/use-now.ts';
import { ageText } from '../ui/age.ts';
import { Icon } from '../ui/icon.tsx';
import { announce } from './announcer.tsx';
import './connection-state.css';

/** Younger data needs no word: signs of life are 5 s apart. */
const freshForMs = 7_000;
const words = {
  connecting: 'Connecting',
  live: 'Live',
  stale: 'Not up to date',
  failing: 'Not up to date',
  refused: 'Not live',
  lost: 'Connection lost',
} as const;

export function ConnectionState() {
  const connection = useConnection();
  return connection === null ? null : <Sign connection={connection} />;
}

function Sign({ connection }: { readonly connection: Connection }) {
  const nowMs = useNow();
  const kind = shownKind(connection, nowMs);
  const ageMs = nowMs - (connection.asOfMs ?? Number.NaN);
  const age = ageMs >= freshForMs ? `${ageText(ageMs)} old` : null;
  return (
    <span className="connection-state" data-kind={kind}>
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-word">{words[kind]}</span>
      {age === null ? null : <span className="muted connection-age">data {age}</span>}
    </span>
  );
}

export function ConnectionBanner() {
  const connection = useConnection();
  const kind = connection?.kind ?? 'live';
  const isBad = isAway(kind);
  const wasBad = useRef(false);
  useEffect(() => {
    if (isBad !== wasBad.current) announce(isBad ? `${words[kind]}.` : 'Connected again.');
    wasBad.current = isBad;
  }, [isBad, kind]);
  return connection !== null && isBad ? <Banner connection={connection} /> : null;
}

const causes: Readonly<Partial<Record<ConnectionKind, string>>> = {
  lost: 'The API does not answer. It is asked again by itself.',
  stale: 'The API answers, but cannot see the rollouts now.',
  failing: 'The API answers, but could not tell this page anything new. It is asked again by itself.',
};

function Banner({ connection: { kind, asOfMs, why } }: { readonly connection: Connection }) {
  const nowMs = useNow();
  const age = asOfMs === null ? 'Nothing was seen yet' : `What you see is ${ageText(nowMs - asOfMs)} old`;
  return (
    <div className="connection-banner" data-kind={kind}>
      <Icon name="offline" />
      <p>
        <strong>{age}.</strong> {causes[kind]} Rollouts go on without this page.
        {why === null ? null : <span className="connection-why"> ({why})</span>}
      </p>
    </div>
  );
}
