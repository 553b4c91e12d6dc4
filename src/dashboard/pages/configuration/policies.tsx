/** The policies that plans must fit, and whom each binds. */
import type { Configuration } from '../../../api/contract.ts';
import { Icon } from '../../ui/icon.tsx';
import { Note } from '../../ui/note.tsx';
import { bindingText } from './facts.ts';
import { rulesOf } from './rules.ts';

export function Policies({ policies: { list, problem } }: Pick<Configuration, 'policies'>) {
  return (
    <section aria-label="Policies">
      <h2>Policies</h2>
      {problem === null ? null : (
        <Note live>
          <Icon name="alert" /> No rollout can begin: {problem}
        </Note>
      )}
      {list.length === 0 && problem === null ? (
        <p className="muted">There are none; plans are free.</p>
      ) : null}
      <ul className="configuration-cards">
        {list.map((policy) => (
          <li key={policy.name} className="card">
            <h3>
              {policy.name} <span className="muted">{policy.level}</span>
            </h3>
            <p>{policy.reason}</p>
            <p className="muted">
              {bindingText(policy.environments, 'environments')}; {bindingText(policy.services, 'services')}
            </p>
            <ul>
              {rulesOf(policy).map((rule) => (
                <li key={rule}>{rule}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
