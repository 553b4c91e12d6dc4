/**
 * The page for the worst hour: stop or bring back everything in a scope, see what became of it, and release it again.
 */
import { useState } from 'react';
import type { EmergencyList } from '../../../api/contract.ts';
import { allows, allowsSomewhere, everywhere, type Permission } from '../../../domain/access/grants.ts';
import { usePolled } from '../../live/use-polled.ts';
import { Page } from '../../shell/page.tsx';
import { Button } from '../../ui/button.tsx';
import { Said } from '../../ui/said.tsx';
import { Empty, Problem } from '../../ui/states.tsx';
import type { Rights } from '../actions/rights.ts';
import { useRights } from '../actions/use-rights.ts';
import { given } from '../scope/given.ts';
import { PagingBar, usePaging } from '../scope/paging.tsx';
import { EmergencyCard } from './emergency-card.tsx';
import { EmergencyForm } from './emergency-form.tsx';
import { ReleaseStop } from './release-stop.tsx';
import { StopAnswer } from './stop-answer.tsx';
import type { Stopped } from './stopped.ts';
import './emergency.css';

const lookEveryMs = 3_000;
/** Each open one is a card that looks for itself. */
const onePage = 20;

export function EmergencyPage() {
  const rights = useRights();
  const paging = usePaging('');
  const { data, problem, reload } = usePolled(
    'listEmergencies',
    { limit: onePage, cursor: given(paging.cursor) },
    lookEveryMs,
  );
  const [opened, setOpened] = useState<string | null>(null);
  const [stopped, setStopped] = useState<Stopped | null>(null);
  const listed = data?.emergencies ?? [];
  const open = listed.filter((one) => one.open).map(({ id }) => id);
  // One that was just opened may not be listed yet, since lists lag a little.
  const shown = [...new Set([...(opened === null ? [] : [opened]), ...open])];
  const ended = listed.filter((one) => !one.open && one.id !== opened);
  return (
    <Page title="Emergency">
      <div className="emergency">
        <section aria-label="Stop or bring back">
          {may(rights, 'rollback') ? (
            <EmergencyForm
              verifiedName={rights.verifiedName}
              onSent={({ id, stopped: found }) => {
                setStopped(found);
                if (id === null) return;
                setOpened(id);
                reload();
              }}
            />
          ) : (
            <Empty title="For operators and approvers">
              <p>Your role may look, but neither stop nor bring back.</p>
            </Empty>
          )}
          {stopped === null ? null : <StopAnswer stopped={stopped} />}
          {may(rights, 'release') ? <ReleaseStop verifiedName={rights.verifiedName} /> : null}
        </section>
        <section aria-label="Emergencies" className="emergency-list">
          <h2>Open emergencies</h2>
          {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
          {shown.length === 0 && data !== null ? (
            <p className="muted">{noneText(rights, data, paging.cursor === '')}</p>
          ) : null}
          {shown.map((id) => (
            <EmergencyCard
              key={id}
              id={id}
              rights={rights}
              onReleased={() => {
                setOpened(null);
                reload();
              }}
            />
          ))}
          {ended.length === 0 ? null : <Ended emergencies={ended} onOpen={setOpened} />}
          <PagingBar paging={paging} next={data?.next ?? null} />
        </section>
      </div>
    </Page>
  );
}

/** Whoever sees a part of them must not believe that all is well elsewhere. */
function noneText({ grants }: Rights, { emergencies, next }: EmergencyList, isFirst: boolean): string {
  if (emergencies.length === 0 && next !== null)
    return 'None that you may see is on this page, and more follow.';
  if (!isFirst) return 'None of this page is open.';
  return allows(grants, 'read', everywhere) ? 'None is open.' : 'None that you may see is open.';
}

function may({ grants }: Rights, permission: Permission): boolean {
  return allowsSomewhere(grants, permission);
}

interface EndedProps {
  readonly emergencies: EmergencyList['emergencies'];
  readonly onOpen: (id: string) => void;
}

function Ended({ emergencies, onOpen }: EndedProps) {
  return (
    <details>
      <summary>Released before ({emergencies.length})</summary>
      <ul className="emergency-ended">
        {emergencies.map(({ id, runId, reason, actor }) => (
          <li key={runId}>
            <Button kind="quiet" onClick={() => onOpen(id)}>
              {id}
            </Button>
            <span className="muted">
              <Said by={actor} text={reason} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
