/** Bundles of evidence: what each proves, its download, its verification, its reports and its legal hold. */
import type { BundleList } from '../../../api/contract.ts';
import { usePolled } from '../../live/use-polled.ts';
import { Page } from '../../shell/page.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Loading, Problem } from '../../ui/states.tsx';
import { useRights } from '../actions/use-rights.ts';
import { EnvironmentBar } from '../scope/environment-field.tsx';
import { given } from '../scope/given.ts';
import { PagingBar, usePaging } from '../scope/paging.tsx';
import { useEnvironment } from '../scope/use-environment.ts';
import { BundleCard } from './bundle-card.tsx';
import './evidence.css';

const lookEveryMs = 15_000;

export function EvidencePage() {
  const choice = useEnvironment();
  const { environment } = choice;
  const paging = usePaging(environment);
  const { data, problem, reload } = usePolled(
    'listEvidence',
    { environment: given(environment), limit: 100, cursor: given(paging.cursor) },
    lookEveryMs,
  );
  return (
    <Page title="Evidence">
      <EnvironmentBar choice={choice} />
      {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
      {data === null && problem === null ? <Loading what="evidence" /> : null}
      {data === null ? null : <Bundles list={data} reload={reload} />}
      <PagingBar paging={paging} next={data?.next ?? null} />
    </Page>
  );
}

interface BundlesProps {
  readonly list: BundleList;
  readonly reload: () => void;
}

function Bundles({ list: { bundles, total, damaged, failing }, reload }: BundlesProps) {
  const rights = useRights();
  return (
    <>
      {[
        ...damaged.map((one) => ({
          ...one,
          text: `bundle ${one.position} is damaged: its manifest cannot be read`,
        })),
        ...failing.map((one) => ({
          ...one,
          text: `could not be kept yet (${one.tries} tries): ${one.problem}`,
        })),
      ].map(({ target, text }) => (
        <p key={`${target} ${text}`} className="evidence-trouble" role="alert">
          <Icon name="alert" /> {target}: {text}
        </p>
      ))}
      {bundles.length === 0 ? (
        <Empty title="No evidence yet">
          <p>A bundle is sealed when a rollout ends.</p>
        </Empty>
      ) : (
        <p className="muted">
          {bundles.length} of {total} bundles, the last first
        </p>
      )}
      <ul className="evidence-cards">
        {bundles.map((bundle) => (
          <li key={bundle.sha256}>
            <BundleCard bundle={bundle} rights={rights} onChanged={reload} />
          </li>
        ))}
      </ul>
    </>
  );
}
