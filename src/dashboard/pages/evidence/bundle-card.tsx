/** One bundle: what it is of, whether it is signed and held, and what can be done with it. */
import { useState } from 'react';
import type { ListedBundle } from '../../../api/contract.ts';
import type { FollowedRun } from '../../../client/index.ts';
import { allows } from '../../../domain/access/grants.ts';
import { reportKinds } from '../../../report/names.ts';
import { client } from '../../api/client.ts';
import { RolloutLink } from '../../shell/rollout-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Said } from '../../ui/said.tsx';
import { At } from '../../ui/time.tsx';
import { type Act, ActDialog } from '../actions/act-dialog.tsx';
import type { Rights } from '../actions/rights.ts';
import { Verify } from './verify.tsx';

interface BundleCardProps {
  readonly bundle: ListedBundle;
  readonly rights: Rights;
  readonly onChanged: () => void;
}

export function BundleCard({ bundle, rights, onChanged }: BundleCardProps) {
  const { manifest, sha256, signedBy, held, holds, pruned, problem } = bundle;
  const { environment, service, runId, version, outcome, temporalStatus, endedAtMs, position, files } =
    manifest;
  const target: FollowedRun = { environment, service, run: runId };
  const [asked, setAsked] = useState(false);
  const mayHold = allows(rights.grants, 'admin', { environment, service });
  const [lastHold] = holds.slice(-1);
  return (
    <article className="card evidence-card" aria-label={`Bundle ${position} of ${manifest.target}`}>
      <header>
        <h2>
          <RolloutLink environment={environment} service={service} runId={runId}>
            {manifest.target}
          </RolloutLink>{' '}
          {version ?? ''}
        </h2>
        <Badge tone={outcome === 'promoted' ? 'good' : 'warn'}>
          {outcome ?? temporalStatus.toLowerCase()}
        </Badge>
        {held ? <Badge tone="busy">held</Badge> : null}
        {pruned === null ? null : <Badge tone="idle">files deleted</Badge>}
      </header>
      <p className="muted">
        Bundle {position}, ended <At ms={endedAtMs} />, {files.length} files,{' '}
        {signedBy === null ? 'not signed' : `signed by ${signedBy}`}
      </p>
      {problem === null ? null : <p role="alert">{problem}</p>}
      {held && lastHold ? (
        <p>
          Held by <Said by={lastHold.actor} text={lastHold.reason} />
        </p>
      ) : null}
      <p className="mono evidence-hash">SHA-256 {sha256}</p>
      {pruned === null ? (
        <>
          <div className="evidence-actions">
            <a className="button button-plain" href={client.urlOf('downloadEvidence', target)} download>
              Download
            </a>
            <Verify target={target} />
            {mayHold ? (
              <Button onClick={() => setAsked(true)}>{held ? 'Release hold …' : 'Hold …'}</Button>
            ) : null}
          </div>
          <p>
            Reports:{' '}
            {reportKinds.map((kind) => (
              <a
                key={kind}
                className="evidence-report"
                href={client.urlOf('getReport', { ...target, kind, format: 'html' })}
                target="_blank"
                rel="noreferrer"
              >
                {kind}
              </a>
            ))}
          </p>
        </>
      ) : null}
      {asked ? (
        <HoldDialog
          target={target}
          held={held}
          verifiedName={rights.verifiedName}
          onClose={() => setAsked(false)}
          onDone={() => {
            setAsked(false);
            onChanged();
          }}
        />
      ) : null}
    </article>
  );
}

interface HoldDialogProps {
  readonly target: FollowedRun;
  readonly held: boolean;
  readonly verifiedName: Rights['verifiedName'];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function HoldDialog({ target, held, verifiedName, onClose, onDone }: HoldDialogProps) {
  const send = async ({ actor, reason, key }: Act) => {
    const change = held ? client.releaseEvidence : client.holdEvidence;
    await change({ ...target, body: { actor, reason } }, { idempotencyKey: key });
    onDone();
  };
  return (
    <ActDialog
      title={held ? 'Release the legal hold' : 'Set a legal hold'}
      verb={held ? 'Release' : 'Hold'}
      needsReason
      verifiedName={verifiedName}
      send={send}
      onClose={onClose}
    >
      <p>
        {held
          ? 'Its files can be deleted again when their time is over.'
          : 'Its files are kept past their time, until the hold is released.'}
      </p>
    </ActDialog>
  );
}
