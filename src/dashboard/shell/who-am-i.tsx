/**
 * Who acts here, in the header: whom the API has verified, or the name that somebody has said, and where that is
 * changed.
 */
import { useState } from 'react';
import type { Me } from '../../api/contract.ts';
import { Icon } from '../ui/icon.tsx';
import { AccountDialog } from './account-dialog.tsx';
import { loginHref } from './login-href.ts';
import { useMe } from './me.ts';
import { NameDialog } from './name-dialog.tsx';
import { useMyName } from './who.ts';

export function WhoAmI() {
  const me = useMe();
  if (me === null) return null;
  if (me.verified) return <Verified me={me} />;
  return me.loginNeeded ? <Stranger /> : <Named />;
}

function Verified({ me }: { readonly me: Me }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="header-button" onClick={() => setOpen(true)}>
        <Icon name="person" />
        <span className="visually-hidden">You are logged in as </span>
        <WhoName name={me.actor} />
      </button>
      {open ? <AccountDialog me={me} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Stranger() {
  return (
    <a className="header-button" href={loginHref()}>
      <Icon name="person" />
      <span className="who-name">Log in</span>
    </a>
  );
}

function Named() {
  const name = useMyName();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="header-button" onClick={() => setOpen(true)}>
        <Icon name="person" />
        {name === null ? null : <span className="visually-hidden">You act as </span>}
        <WhoName name={name ?? 'Who are you?'} />
      </button>
      {open ? <NameDialog onDone={() => setOpen(false)} /> : null}
    </>
  );
}

/** There may be no room for all of it. */
function WhoName({ name }: { readonly name: string | null }) {
  return (
    <span className="who-name" title={name ?? undefined}>
      {name}
    </span>
  );
}
