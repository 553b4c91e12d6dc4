/** How pods of a test cluster behave: ready at once, unless a label or their image's tag says otherwise. */

/**
 * `unready`: it runs, and its readiness probe fails. `crash-loop`: its container ends with code 1 again and again.
 * `image-pull`: its image cannot be pulled. `image-name`: its image's name is none, for which no kubelet would wait. A
 * pod that stays Pending needs none of these: the scheduler is real.
 */
type PodBehaviour = 'ready' | 'unready' | 'crash-loop' | 'image-pull' | 'image-name';

/** A pod with this label behaves as its value says; one without, as its image's tag begins (`shop:crash-loop-7`). */
export const BEHAVIOUR_LABEL = 'test.sluice.dev/behaviour';
/** How long after its start a pod gets ready, such as `1500ms`; default: at once. */
export const READY_AFTER = 'test.sluice.dev/ready-after';
/** How long a deleted pod is still there, terminating; default: no time. */
const GONE_AFTER = 'test.sluice.dev/gone-after';

export const CRASH_LOG = ['starting', 'cannot read /etc/app/config.yaml: no such file', 'exit'];

const TAG =
  '[.spec.containers[].image | capture(":(?<kind>ready|unready|crash-loop|image-pull|image-name)").kind]';
const BEHAVIOUR = `.metadata.labels["${BEHAVIOUR_LABEL}"] // (${TAG} | first) // "ready"`;

/** The stages that kwok takes pods through, and what their logs are; documents of its configuration. */
export function podStages(crashLogFile: string): object[] {
  return [
    stage('ready', { behaviour: 'ready', after: READY_AFTER, statusTemplate: running(true) }),
    stage('unready', { behaviour: 'unready', statusTemplate: running(false) }),
    stage('crash-loop', {
      behaviour: 'crash-loop',
      statusTemplate: CRASHING,
      event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' },
    }),
    stage('image-pull', {
      behaviour: 'image-pull',
      statusTemplate: withoutImage('ImagePullBackOff', 'Back-off pulling image %q: not found'),
      event: { type: 'Warning', reason: 'Failed', message: 'Failed to pull image: not found' },
    }),
    stage('image-name', {
      behaviour: 'image-name',
      statusTemplate: withoutImage('InvalidImageName', 'Failed to apply default image tag %q'),
    }),
    {
      ...kwok('Stage', 'deleted'),
      spec: {
        resourceRef: { apiGroup: 'v1', kind: 'Pod' },
        selector: { matchExpressions: [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }] },
        delay: delayFrom(GONE_AFTER),
        next: { finalizers: { empty: true }, delete: true },
      },
    },
    {
      ...kwok('ClusterLogs', 'pods'),
      spec: { logs: [{ logsFile: crashLogFile, previousLogsFile: crashLogFile, follow: false }] },
    },
  ];
}

interface StageOptions {
  readonly behaviour: PodBehaviour;
  readonly after?: string;
  readonly statusTemplate: string;
  readonly event?: { readonly type: string; readonly reason: string; readonly message: string };
}

/** Each is for pods that have no status of their own yet: what a test patches into a status stays. */
function stage(name: string, { behaviour, after, statusTemplate, event }: StageOptions): object {
  return {
    ...kwok('Stage', name),
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: {
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: '.status.containerStatuses', operator: 'DoesNotExist' },
          { key: BEHAVIOUR, operator: 'In', values: [behaviour] },
        ],
      },
      ...(after === undefined ? {} : { delay: delayFrom(after) }),
      next: { statusTemplate, ...(event === undefined ? {} : { event }) },
    },
  };
}

function kwok(kind: string, name: string): object {
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata: { name } };
}

function delayFrom(annotation: string): object {
  return {
    durationMilliseconds: 0,
    durationFrom: { expressionFrom: `.metadata.annotations["${annotation}"]` },
  };
}

function running(ready: boolean): string {
  return status(
    ready,
    'Running',
    `
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: ${ready}
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }`,
  );
}

const CRASHING = status(
  false,
  'Running',
  `
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 3
  state:
    waiting:
      reason: CrashLoopBackOff
      message: {{ printf "back-off 40s restarting failed container=%s" .name | Quote }}
  lastState:
    terminated: { exitCode: 1, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} }`,
);

/** `message`: with `%q` for the image. */
function withoutImage(reason: string, message: string): string {
  return status(
    false,
    'Pending',
    `
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state:
    waiting:
      reason: ${reason}
      message: {{ printf "${message}" .image | Quote }}`,
  );
}

function status(ready: boolean, phase: string, container: string): string {
  const because = ready ? '' : ', reason: ContainersNotReady, message: containers with unready status';
  const condition = (type: string) =>
    `- { type: ${type}, status: "${ready ? 'True' : 'False'}", lastTransitionTime: {{ $now | Quote }}${because} }`;
  return `{{ $now := Now }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
${condition('Ready')}
${condition('ContainersReady')}
containerStatuses:
{{ range .spec.containers }}${container}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName false .metadata.uid .metadata.name .metadata.namespace | Quote }}
phase: ${phase}
startTime: {{ $now | Quote }}
`;
}
