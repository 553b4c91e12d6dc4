/**
 * What this Sluice is set up with: versions, access, policies, freezes, providers and presets; and where to ask for
 * more.
 */
import { usePolled } from '../../live/use-polled.ts';
import { useQuery } from '../../live/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type Fact, Facts } from '../../ui/facts.tsx';
import { Loading, Problem } from '../../ui/states.tsx';
import { accessFacts, serviceFacts } from './facts.ts';
import { Freezes } from './freezes.tsx';
import { Policies } from './policies.tsx';
import { Presets, Providers } from './providers.tsx';
import './configuration.css';

const lookEveryMs = 15_000;

export function ConfigurationPage() {
  const { data, problem, reload } = usePolled('getConfiguration', {}, lookEveryMs);
  const { data: catalogue } = useQuery('getCatalogue', {});
  const { data: readiness } = useQuery('getReadiness', {}, lookEveryMs);
  return (
    <Page title="Configuration" subtitle="As the operator has set it; secrets are never shown.">
      {data === null ? (
        problem === null ? (
          <Loading what="the configuration" />
        ) : (
          <Problem problem={problem} onRetry={reload} />
        )
      ) : (
        <div className="configuration">
          <Section title="Service" facts={serviceFacts(data, readiness)} />
          <Section title="Access" facts={accessFacts(data)} />
          <Policies policies={data.policies} />
          <Freezes freezes={data.freezes} />
          {catalogue === null ? <Loading what="the catalogue" /> : <Providers catalogue={catalogue} />}
          {catalogue === null ? null : <Presets catalogue={catalogue} />}
          <Elsewhere />
        </div>
      )}
    </Page>
  );
}

function Section({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <Facts facts={facts} />
    </section>
  );
}

/** On the command line, and where each thing is explained. */
function Elsewhere() {
  const { origin } = window.location;
  const lines = [
    `curl -s ${origin}/v1/configuration`,
    `sluice list --api ${origin}`,
    `sluice validate plan.yaml --api ${origin}`,
  ];
  return (
    <section aria-label="On the command line">
      <h2>On the command line</h2>
      <ul className="configuration-lines">
        {lines.map((line) => (
          <li key={line}>
            <code>{line}</code> <CopyButton text={line} what="the line" />
          </li>
        ))}
      </ul>
      <p>
        <a href="/docs">API</a> · <a href="/docs/errors">Error codes</a> ·{' '}
        <a href="/openapi.json">OpenAPI document</a>
      </p>
    </section>
  );
}
