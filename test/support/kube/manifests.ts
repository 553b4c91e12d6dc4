/** Objects that Kubernetes tests make again and again. */

interface DeploymentOptions {
  readonly namespace: string;
  readonly name: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Added to the pod's spec. */
  readonly podSpec?: object;
}

/** One container `app`; its pods carry the label `app` with the deployment's name. */
export function deployment(options: DeploymentOptions): object {
  const { namespace, name, image = 'registry.test/app:v1', replicas = 1, labels, annotations } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels }, annotations: { ...annotations } },
        spec: { containers: [{ name: 'app', image, ports: [{ containerPort: 8080 }] }], ...options.podSpec },
      },
    },
  };
}

/** For the pods with the label `app` of this value. */
export function service(namespace: string, name: string, app = name): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  };
}
