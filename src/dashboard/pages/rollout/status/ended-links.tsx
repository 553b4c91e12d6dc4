/** Where to go from a rollout that has ended: the rollouts before and after it, what is kept of it, and the next start. */
import { Link } from 'wouter';
import type { RolloutSummary, RolloutView } from '../../../../api/contract.ts';
import { reportKinds } from '../../../../report/names.ts';
import { client } from '../../../api/client.ts';
import { useQuery } from '../../../live/use-query.ts';
import { RolloutLink } from '../../../shell/rollout-link.tsx';
import { Note } from '../../../ui/note.tsx';
import { endingOf } from '../../rollouts/row-state.ts';
import { neighboursOf } from '../model/neighbours.ts';
import './ended-links.css';

const lookEveryMs = 15_000;
/** As many rollouts of the target are looked through. */
const listed = 100;

export function EndedLinks({ view }: { readonly view: RolloutView }) {
  const { environment, service, runId: run } = view;
  const others = useQuery('listRollouts', { environment, service, limit: listed }, lookEveryMs);
  const { earlier, later, latest } = neighboursOf(view, others.data?.rollouts ?? []);
  const newest = latest?.runId === later?.runId ? null : latest;
  const search = `?environment=${encodeURIComponent(environment)}`;
  return (
    <nav className="ended-links" aria-label="From here">
      {latest === null || latest.endedAtMs !== null ? null : (
        <Note live>
          A later rollout runs now: <OtherRun rollout={latest} />
        </Note>
      )}
      <ul>
        {earlier === null ? null : <Neighbour word="Before" rollout={earlier} />}
        {later === null ? null : <Neighbour word="After" rollout={later} />}
        {newest === null ? null : <Neighbour word="Latest" rollout={newest} />}
        <Bundle view={view} />
        <li>
          Reports:{' '}
          {reportKinds.map((kind) => (
            <a
              key={kind}
              href={client.urlOf('getReport', { environment, service, run, kind, format: 'html' })}
              target="_blank"
              rel="noreferrer"
            >
              {kind}
            </a>
          ))}
        </li>
        <li>
          All of {environment}: <Link href={`/evidence${search}`}>evidence</Link>
          <Link href={`/rollbacks${search}`}>rollbacks</Link>
          <Link href={`/incidents${search}`}>incidents</Link>
        </li>
        <li>
          <Link href="/start">Start a rollout</Link>
        </li>
      </ul>
    </nav>
  );
}

/** The stream of a rollout tells nothing of its evidence, which is kept some moments after the end. */
function Bundle({ view: { environment, service, runId: run } }: { readonly view: RolloutView }) {
  const { data } = useQuery('getRollout', { environment, service, run }, lookEveryMs);
  const evidence = data?.evidence;
  if (evidence === undefined || evidence.state === 'off') return null;
  return (
    <li>
      Evidence:{' '}
      {evidence.state === 'kept' ? (
        <a href={client.urlOf('downloadEvidence', { environment, service, run })} download>
          bundle {evidence.position}
        </a>
      ) : evidence.state === 'waiting' ? (
        'not sealed yet'
      ) : (
        evidence.problem
      )}
    </li>
  );
}

interface NeighbourProps {
  readonly word: string;
  readonly rollout: RolloutSummary;
}

function Neighbour({ word, rollout }: NeighbourProps) {
  return (
    <li>
      {word}: <OtherRun rollout={rollout} />
    </li>
  );
}

function OtherRun({ rollout }: { readonly rollout: RolloutSummary }) {
  const { environment, service, runId, version, endedAtMs } = rollout;
  const how = endedAtMs === null ? 'under way' : endingOf(rollout).word.toLowerCase();
  return (
    <RolloutLink environment={environment} service={service} runId={runId}>
      {version ?? 'unknown version'}, {how}
    </RolloutLink>
  );
}
