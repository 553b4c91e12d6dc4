/**
 * Security validation: what gates found of the version, phases of compliance, vulnerabilities, and what nobody asked.
 */
import type { Findings } from '../../../api/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { At } from '../../ui/time.tsx';
import { Compliance, Controls } from './compliance.tsx';
import { FindingsPage } from './findings-page.tsx';
import { Gates } from './gates.tsx';
import { Vulnerabilities } from './vulnerabilities.tsx';
import { gatesHeadline } from './words.ts';

const icons = { good: 'check', warn: 'alert', bad: 'cross' } as const;

export function SecurityPage() {
  return (
    <FindingsPage view="security" title="Security validation">
      {(findings) => <Security findings={findings} />}
    </FindingsPage>
  );
}

function Security({ findings }: { readonly findings: Findings }) {
  const { vulnerabilities, compliance, controls, unnamedControls, unasked, events } = findings;
  const headline = gatesHeadline(findings);
  return (
    <>
      <p className="assurance-headline">
        <Badge tone={headline.tone} icon={icons[headline.tone]} strong>
          {headline.text}
        </Badge>
      </p>
      <section aria-label="Gates">
        <h2>Gates</h2>
        <Gates findings={findings} />
      </section>
      <section aria-label="Vulnerabilities">
        <h2>Vulnerabilities</h2>
        <Vulnerabilities scans={vulnerabilities} />
      </section>
      <section aria-label="Compliance">
        <h2>Compliance</h2>
        <Compliance found={compliance} />
        <Controls controls={controls} unnamed={unnamedControls} />
      </section>
      {events.length === 0 ? null : (
        <section aria-label="Security events">
          <h2>Told to the rollout</h2>
          <ul className="assurance-lines">
            {events.map(({ atMs, text }) => (
              <li key={`${atMs} ${text}`}>
                <At ms={atMs} /> {text}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Not asked">
        <h2>Not asked</h2>
        {unasked.length === 0 ? (
          <p className="muted">Every question that a gate can answer was asked.</p>
        ) : (
          <ul className="assurance-lines">
            {unasked.map(({ type, question }) => (
              <li key={type}>
                {question} <span className="muted">(gate {type})</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
