/** Argo's canary steps as stages: a weight begins one, pauses and analyses make it last. */
import type { AnalysisContext } from './argo-args.ts';
import { analysisOf } from './argo-checks.ts';
import type { CheckDraft, StageDraft } from './draft.ts';
import { goDurationMs } from './go-duration.ts';
import { matchOf } from './names.ts';
import type { Part } from './part.ts';

interface ArgoSteps {
  readonly stages: readonly StageDraft[];
  /** Set by a setCanaryScale before anything else changed it; null: as many as the share. */
  readonly replicas: number | null;
}

/** `background`: the checks of the analysis beside the steps. */
export function stagesOf(
  steps: readonly Part[],
  maxWeight: number,
  background: readonly CheckDraft[],
  context: AnalysisContext,
): ArgoSteps {
  const walk = new Walk(maxWeight, background, context);
  for (const step of steps) {
    walk.take(step);
    step.done();
  }
  return { stages: walk.stages(), replicas: walk.replicas };
}

type Match = NonNullable<StageDraft['match']>;

class Walk {
  replicas: number | null = null;
  readonly #maxWeight: number;
  readonly #background: readonly CheckDraft[];
  readonly #context: AnalysisContext;
  readonly #stages: StageDraft[] = [];
  readonly #headers = new Map<string, Match>();
  #weight = 0;

  constructor(maxWeight: number, background: readonly CheckDraft[], context: AnalysisContext) {
    this.#maxWeight = maxWeight;
    this.#background = background;
    this.#context = context;
  }

  /** Promotion gives the canary everything, so a last step to 100 that asks for nothing is it. */
  stages(): readonly StageDraft[] {
    const last = this.#stages.at(-1);
    const isPromotion = last?.weight === 100 && isIdle(last) && this.#stages.length > 1;
    return isPromotion ? this.#stages.slice(0, -1) : this.#stages;
  }

  take(step: Part): void {
    if (step.has('setWeight')) this.#setWeight(step);
    const pause = step.part('pause');
    if (pause !== undefined) this.#pause(pause);
    const analysis = step.part('analysis');
    if (analysis !== undefined) this.#analysis(analysis);
    const header = step.part('setHeaderRoute');
    if (header !== undefined) this.#setHeader(header);
    const scale = step.part('setCanaryScale');
    if (scale !== undefined) this.#setScale(scale);
    step.lose({
      setMirrorRoute: ['Sluice copies no traffic', 'a mirror that the route has itself stays as it is'],
      experiment: [
        'Sluice starts no versions beside canary and stable',
        'run a fresh copy of stable yourself and name it in analysis.baseline',
      ],
      plugin: ['steps of plugins are not known', 'do it before sluice start, or by a hook'],
      replaceMetadata: ['steps of plugins are not known', 'do it before sluice start'],
    });
  }

  #setWeight(step: Part): void {
    const path = step.at('setWeight');
    const asked = step.number('setWeight');
    if (asked === undefined) return;
    const weight = Math.min(Math.max(Math.round((asked / this.#maxWeight) * 10_000) / 100, 0), 100);
    if (weight < this.#weight) {
      step.findings.lost(
        path,
        `goes down from ${this.#weight} to ${weight} %`,
        'a share never goes down but by a rollback',
      );
      return;
    }
    if (weight === 0) return;
    this.#weight = weight;
    this.#open(path, null);
  }

  #pause(pause: Part): void {
    const raw = pause.raw('duration');
    pause.done();
    const ms = raw === undefined ? null : goDurationMs(raw);
    if (ms === undefined) {
      pause.findings.lost(pause.at('duration'), 'is not a duration that can be read', 'set the soak by hand');
      return;
    }
    const stage = this.#current(
      pause,
      ms === null ? 'start the rollout once it is approved' : 'start the rollout later',
    );
    if (stage === undefined) return;
    if (ms === null) this.#change({ approval: true }, pause.path);
    else this.#change({ soakMs: stage.soakMs + ms }, pause.path);
  }

  #analysis(analysis: Part): void {
    const { checks, runMs, delayMs } = analysisOf(analysis, this.#context);
    analysis.done();
    if (checks.length === 0) return;
    const stage = this.#current(analysis, 'check it before sluice start, or by a health check of a stage');
    if (stage === undefined) return;
    const soakMs = stage.soakMs + runMs - delayMs;
    const warmUpMs = isIdle(stage) ? delayMs : stage.warmUpMs;
    const own = [...(stage.checks ?? this.#background), ...checks];
    this.#change({ checks: own, soakMs, warmUpMs }, analysis.path);
    const why = 'was judged at this step, after the pauses before it';
    analysis.findings.changed(
      analysis.path,
      why,
      'its checks are judged from the beginning of the stage to its end',
    );
  }

  #setHeader(header: Part): void {
    const name = header.text('name') ?? '';
    const matches = header.parts('match').map((match) => {
      const value = match.part('headerValue');
      const found = matchOf(match.text('headerName') ?? '', value?.text('exact'));
      value?.skip('exact', 'prefix', 'regex');
      match.done();
      if (found === undefined) {
        match.findings.lost(
          match.path,
          'is no exact value that a stage can match',
          'choose one header with one exact value',
        );
      }
      return found;
    });
    header.done();
    const [first, ...more] = matches.filter((match) => match !== undefined);
    if (matches.length === 0) this.#headers.delete(name);
    if (first === undefined) return;
    this.#headers.set(name, first);
    if (more.length > 0 || this.#headers.size > 1) {
      header.findings.lost(
        header.path,
        'a stage matches one header',
        `only ${first.header}: ${first.value} is matched`,
      );
    }
    this.#open(header.path, this.#weight === 0 ? 'internal users' : null);
  }

  #setScale(scale: Part): void {
    const replicas = scale.number('replicas');
    scale.skip('weight', 'matchTrafficWeight');
    if (replicas !== undefined && replicas >= 1 && this.replicas === null)
      this.replicas = Math.floor(replicas);
    const instead =
      replicas === undefined
        ? 'the canary has pods by its share, or as many as workload.replicas says'
        : `workload.replicas is ${this.replicas ?? replicas} for all stages`;
    scale.findings.changed(scale.path, 'the size of the canary is not set stage by stage', instead);
    scale.done();
  }

  /** After an approval, or with other users, what follows is another stage. */
  #current({ path, findings }: Part, instead: string): StageDraft | undefined {
    const stage = this.#stages.at(-1);
    // A header route that was taken away again leaves the canary with nothing, too.
    const isIdleCanary = this.#weight === 0 && this.#headers.size === 0;
    if (stage === undefined || (stage.approval && isIdleCanary)) {
      const when =
        stage === undefined
          ? 'comes before the canary has any traffic'
          : 'comes while the canary has no traffic';
      findings.lost(path, `${when}, where a plan has no stage`, instead);
      return undefined;
    }
    return stage.approval ? this.#open(path, `${stage.weight}% after approval`) : stage;
  }

  #open(path: string, name: string | null): StageDraft {
    const match = [...this.#headers.values()].at(-1) ?? null;
    const stage: StageDraft = {
      name,
      weight: this.#weight,
      match,
      warmUpMs: 0,
      soakMs: 0,
      approval: false,
      checks: null,
      from: [path],
    };
    this.#stages.push(stage);
    return stage;
  }

  #change(changes: Partial<StageDraft>, path: string): void {
    const stage = this.#stages.pop();
    if (stage === undefined) return;
    const from = stage.from.includes(path) ? stage.from : [...stage.from, path];
    this.#stages.push({ ...stage, ...changes, from });
  }
}

function isIdle({ soakMs, approval, checks }: StageDraft): boolean {
  return soakMs === 0 && !approval && checks === null;
}
