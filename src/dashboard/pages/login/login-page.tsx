/** The page on which people log in: at a provider, or with an API token. */
import { useSearchParams } from 'wouter';
import type { Me } from '../../../api/contract.ts';
import { useMe } from '../../shell/me.ts';
import { Page } from '../../shell/page.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { backTo } from './back-to.ts';
import './login-page.css';
import { TokenForm } from './token-form.tsx';

export function LoginPage() {
  const [params] = useSearchParams();
  const me = useMe();
  const failed = params.get('failed');
  const back = backTo(params.get('return'));
  return (
    <Page title="Log in">
      {failed === null ? null : (
        <p role="alert" className="field-error">
          The login did not succeed (<code>{failed}</code>). Nothing was changed; try again.
        </p>
      )}
      {me === null ? <Loading what="the ways to log in" /> : <Ways me={me} back={back} />}
    </Page>
  );
}

function Ways({
  me: { ways, verified, actor, loginNeeded },
  back,
}: {
  readonly me: Me;
  readonly back: string;
}) {
  if (verified || !loginNeeded) {
    return (
      <Empty title={verified ? `You are logged in as ${actor}` : 'Nobody needs to log in here'}>
        <p>
          <a href={back}>Go on</a>
        </p>
      </Empty>
    );
  }
  if (ways.length === 0) {
    return (
      <Empty title="There is no way to log in with a browser">
        <p>
          The operator sets it up under <code>auth.sessions</code>. With an API token the command line works
          now: <code>SLUICE_TOKEN=… sluice list</code>.
        </p>
      </Empty>
    );
  }
  return (
    <div className="login">
      {ways.map((way) =>
        way.kind === 'openid' ? (
          <a
            key={way.href}
            className="button button-primary"
            href={`${way.href}&return=${encodeURIComponent(back)}`}
          >
            Log in at {way.name}
          </a>
        ) : (
          <TokenForm key={way.href} onDone={() => location.assign(back)} />
        ),
      )}
    </div>
  );
}
