/**
 * Opens if the image is signed by one of the operator's signers or, if the plan asks for it, built by a trusted builder
 * from its source.
 */
import type { WantedProvenance } from '../../domain/gates/provenance.ts';
import { readSettings } from '../settings.ts';
import { Registry } from './registry/client.ts';
import { imageOf, noImage, unanswered } from './registry/verdict.ts';
import { findReport } from './reports/source.ts';
import { attachedTo } from './signature/attached.ts';
import { type Reading, readBundles } from './signature/candidate.ts';
import { type Asked, options, type SignatureSettings, settings } from './signature/settings.ts';
import { type Signer, signerOf } from './signature/signers.ts';
import { type Judged, verdictOf } from './signature/verdict.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

export const signatureGate: GateType = {
  type: 'signature',
  summary: 'Cosign signatures and SLSA provenance of the image, by key or by identity, verified offline.',
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createSignature(readSettings('signature', settings, given)),
};

function createSignature(known: SignatureSettings): Gate {
  return {
    async evaluate(question, signal) {
      const asked = options.parse(question.options);
      const wanted = asked.signers ?? Object.keys(known.signers);
      const unknown = wanted.filter((one) => !Object.hasOwn(known.signers, one));
      if (unknown.length > 0) {
        const has = Object.keys(known.signers).join(', ');
        return { answer: 'refuse', reason: `there is no signer ${unknown.join(', ')}; this gate has ${has}` };
      }
      if (asked.level > 0 && question.artifact.repository === undefined) {
        const reason =
          'the plan must name artifact.repository, from which it should be built; add it and start again';
        return { answer: 'refuse', reason };
      }
      const chosen = Object.entries(known.signers).filter(([each]) => wanted.includes(each));
      const made = await Promise.all(chosen.map(([each, given]) => signerOf(each, given, known.trustedRoot)));
      const signers = made.flatMap((one) => ('verify' in one ? [one] : []));
      const unusable = made.flatMap((one) => ('problem' in one ? [`${one.name}: ${one.problem}`] : []));
      if (signers.length === 0) {
        return {
          answer: 'hold',
          reason: `no signer can be asked: ${unusable.join('; ')}; correct the settings of this gate`,
        };
      }
      try {
        return withUnusable(await judge(known, asked, signers, question, signal), unusable);
      } catch (error) {
        return unanswered(error);
      }
    },
    async close() {},
  };
}

/**
 * A signer that could not be asked may be the one who signed: its fault is the operator's, and no verdict on the image.
 */
function withUnusable(verdict: Judged, unusable: readonly string[]): GateVerdict {
  const { unsigned, ...rest } = verdict;
  if (unsigned !== true || unusable.length === 0) return rest;
  const why = `not every signer can be asked: ${unusable.join('; ')}; correct the settings of this gate`;
  return { ...rest, answer: 'hold', reason: `${rest.reason}; ${why}` };
}

async function judge(
  known: SignatureSettings,
  asked: Asked,
  signers: readonly Signer[],
  question: GateQuestion,
  signal: AbortSignal,
): Promise<Judged> {
  const reference = imageOf(question);
  if (reference === null) return noImage;
  const registry = new Registry(known, reference, signal);
  const digest = reference.digest ?? (await registry.manifest(reference.tag ?? ''))?.digest;
  if (digest === undefined) return { answer: 'hold', reason: 'the image is not in its registry; push it' };
  const read =
    asked.bundle === undefined
      ? await attachedTo(registry, digest)
      : await bundlesAt(known, asked.bundle, question, signal);
  if ('missing' in read) return { answer: 'hold', reason: `${read.missing}; let the build leave its bundle` };
  return verdictOf(read, digest, asked, signers, wantedOf(known, asked, question));
}

async function bundlesAt(
  known: SignatureSettings,
  path: string,
  question: GateQuestion,
  signal: AbortSignal,
): Promise<readonly Reading[] | { readonly missing: string }> {
  const found = await findReport(known, path, question, signal);
  return 'missing' in found ? found : readBundles(found.path, found.text);
}

function wantedOf(
  { builders, forge }: SignatureSettings,
  { level }: Asked,
  { artifact }: GateQuestion,
): WantedProvenance {
  const repository = `${forge.replace(/\/$/, '')}/${artifact.repository ?? ''}`;
  const trusted = builders.map(({ signers = null, ...one }) => ({ ...one, signers }));
  return { level, builders: trusted, repository, commit: artifact.commit ?? null };
}
