/** Opens if the image is signed by one of the operator's signers or, if the plan asks for it, built by a trusted builder from its source. */
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { parseImage } from '../../domain/gates/image-reference.ts';
import { type Provenance, provenanceFault, type WantedProvenance } from '../../domain/gates/provenance.ts';
import { OutgoingError } from '../outgoing.ts';
import { readSettings } from '../settings.ts';
import { Registry, registrySettings, Unanswered } from './registry/client.ts';
import { findReport, oneSource, reportPath, reportSettings } from './reports/source.ts';
import { attachedTo } from './signature/attached.ts';
import { type Candidate, type Reading, readBundles } from './signature/candidate.ts';
import { type Signer, signerOf, signerSchema } from './signature/signers.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const name = z.string().min(1).max(63);

const options = z.strictObject({
  signers: z
    .array(name)
    .min(1)
    .max(20)
    .optional()
    .describe('Which of the signers count; one of them is enough. Default: all.'),
  level: z
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe(
      "0: a signature is enough. 1 to 3: signed provenance of a builder that is trusted for that level of SLSA's build track.",
    ),
  bundle: reportPath
    .optional()
    .describe('Path of a Sigstore bundle. Default: what the registry holds beside the image.'),
});

const builder = z.strictObject({
  id: z.string().min(1).max(500),
  level: z.int().min(1).max(3),
  signers: z.array(name).min(1).optional().describe('Signers who may speak for it. Default: any.'),
});

const settings = z
  .strictObject({
    ...registrySettings,
    ...reportSettings,
    signers: z
      .record(name, signerSchema)
      .refine((signers) => Object.keys(signers).length > 0, 'needs at least one signer')
      .describe('Who may sign, by name: a key, or an issuer and a subject.'),
    trustedRoot: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File with the certificate authorities and logs that are trusted, as Sigstore distributes it (trusted_root.json).',
      ),
    builders: z
      .array(builder)
      .max(100)
      .default([])
      .describe(
        'Builders that are trusted, and up to which level; `*` at the end of an id means all that begin so.',
      ),
    forge: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .default('https://github.com')
      .describe('Before artifact.repository, it makes the address of the source.'),
  })
  .refine(
    (given) => (given.directory === undefined && given.url === undefined) || oneSource(given),
    'needs no more than one of directory and url',
  );

export const signatureGate: GateType = {
  type: 'signature',
  summary: 'Cosign signatures and SLSA provenance of the image, by key or by identity, verified offline.',
  options,
  settings,
  intervalMs: 15_000,
  create: (given) => createSignature(readSettings('signature', settings, given)),
};

type Settings = z.output<typeof settings>;
type Asked = z.output<typeof options>;

function createSignature(known: Settings): Gate {
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
        if (!(error instanceof Unanswered || error instanceof OutgoingError)) throw error;
        return { answer: 'hold', reason: error.message };
      }
    },
    async close() {},
  };
}

/** A signer that could not be asked may be the one who signed: its fault is the operator's, and no verdict on the image. */
function withUnusable(verdict: Judged, unusable: readonly string[]): GateVerdict {
  const { unsigned, ...rest } = verdict;
  if (unsigned !== true || unusable.length === 0) return rest;
  const why = `not every signer can be asked: ${unusable.join('; ')}; correct the settings of this gate`;
  return { ...rest, answer: 'hold', reason: `${rest.reason}; ${why}` };
}

/** `unsigned`: what is beside the image was looked at, and no signer stands for it. */
type Judged = GateVerdict & { readonly unsigned?: true };

async function judge(
  known: Settings,
  asked: Asked,
  signers: readonly Signer[],
  question: GateQuestion,
  signal: AbortSignal,
): Promise<Judged> {
  const { image } = question.artifact;
  const reference = image === undefined ? null : parseImage(image);
  if (reference === null) {
    const reason =
      'the plan must name artifact.image as registry/repository:tag or with @sha256:…; add it and start again';
    return { answer: 'refuse', reason };
  }
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
  known: Settings,
  path: string,
  question: GateQuestion,
  signal: AbortSignal,
): Promise<readonly Reading[] | { readonly missing: string }> {
  const found = await findReport(known, path, question, signal);
  return 'missing' in found ? found : readBundles(found.path, found.text);
}

function wantedOf(
  { builders, forge }: Settings,
  { level }: Asked,
  { artifact }: GateQuestion,
): WantedProvenance {
  const repository = `${forge.replace(/\/$/, '')}/${artifact.repository ?? ''}`;
  const trusted = builders.map(({ signers = null, ...one }) => ({ ...one, signers }));
  return { level, builders: trusted, repository, commit: artifact.commit ?? null };
}

interface Good {
  readonly candidate: Candidate;
  readonly by: string;
}

const shown = 3;
const kept = 5;

function verdictOf(
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
