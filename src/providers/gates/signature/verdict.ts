/**
 * What comes of the signatures that were found beside an image: the first good one opens, and whatever was wrong with
 * the others is told.
 */
import { messageOf } from '../../../domain/errors.ts';
import { type Provenance, provenanceFault, type WantedProvenance } from '../../../domain/gates/provenance.ts';
import type { GateVerdict } from '../types.ts';
import type { Candidate, Reading } from './candidate.ts';
import type { Asked } from './settings.ts';
import type { Signer } from './signers.ts';

/** `unsigned`: what is beside the image was looked at, and no signer stands for it. */
export type Judged = GateVerdict & { readonly unsigned?: true };

interface Good {
  readonly candidate: Candidate;
  readonly by: string;
}

const shown = 3;
const kept = 5;

export function verdictOf(
  read: readonly Reading[],
  digest: string,
  asked: Asked,
  signers: readonly Signer[],
  wanted: WantedProvenance,
): Judged {
  const what = asked.level > 0 ? 'provenance' : 'signature';
  const kind = asked.level > 0 ? 'built' : 'signed';
  const problems: string[] = read.flatMap((one) => ('problem' in one ? [`${one.from}: ${one.problem}`] : []));
  const candidates = read.flatMap((one) => ('problem' in one ? [] : [one]));
  const fitting = candidates.filter(({ claim }) => claim.says.kind === kind);
  for (const candidate of fitting) {
    const tried = tryOne(candidate, digest, signers, wanted);
    if ('by' in tried) return opened(tried, digest, what);
    problems.push(`${candidate.from}: ${tried.fault}`);
  }
  const facts = {
    digest,
    found: candidates.map(({ claim }) => saysOf(claim)).slice(0, kept),
    problems: problems.slice(0, shown),
  };
  const reports = candidates.slice(0, kept).map(reportOf);
  if (problems.length === 0) {
    const how = asked.level > 0 ? 'let a trusted builder attest it' : `sign it: cosign sign …@${digest}`;
    return { answer: 'hold', reason: `nothing gives a ${what} of ${digest}; ${how}`, facts, reports };
  }
  const more = problems.length > shown ? ` and ${problems.length - shown} more` : '';
  const advice =
    asked.level > 0
      ? 'build it with a trusted builder'
      : 'sign it as one of the signers that are trusted here';
  const reason = `no ${what} of ${digest} is good: ${problems.slice(0, shown).join('; ')}${more}; ${advice}`;
  return { answer: 'refuse', reason, facts, reports, unsigned: true };
}

function tryOne(
  candidate: Candidate,
  digest: string,
  signers: readonly Signer[],
  wanted: WantedProvenance,
): Good | { readonly fault: string } {
  const { digests, says } = candidate.claim;
  if (!digests.includes(digest)) return { fault: `it is of ${digests[0] ?? 'nothing'}, not of this image` };
  const faults: string[] = [];
  for (const signer of signers) {
    try {
      const by = signer.verify(candidate);
      const fault = says.kind === 'built' ? provenanceFault(says.provenance, wanted, signer.name) : null;
      if (fault === null) return { candidate, by };
      // Another signer of the same key may still speak for the builder.
      faults.push(fault);
    } catch (error) {
      faults.push(`${signer.name}: ${messageOf(error)}`);
    }
  }
  return { fault: faults.join(', ') };
}

function opened({ candidate, by }: Good, digest: string, what: string): GateVerdict {
  const { says } = candidate.claim;
  const provenance: Provenance | null = says.kind === 'built' ? says.provenance : null;
  const built = provenance === null ? '' : `, built by ${provenance.builder} from ${provenance.repository}`;
  const facts = { digest, signer: by, from: candidate.from, ...provenance };
  return { answer: 'open', reason: `${what} by ${by}${built}`, facts, reports: [reportOf(candidate, 0)] };
}

function saysOf({ says }: Candidate['claim']): string {
  return says.kind === 'other' ? says.type : says.kind;
}

function reportOf({ raw }: Candidate, at: number) {
  return {
    name: `signature-${at + 1}.sigstore.json`,
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    content: raw,
  };
}
