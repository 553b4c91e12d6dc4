/** Traces go by OTLP over HTTP to where the operator says; where nobody says anything, nothing of the SDK is loaded. */

export interface TracingConfig {
  /** Such as `http://collector:4318/v1/traces`. */
  readonly endpoint: string;
  /** Share of the traces that begin here, 0 to 1; whoever calls with a trace has decided for it. */
  readonly share: number;
}

export interface Tracing {
  /** Sends what is left. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Null: nothing is traced. The standard variables win over the configuration. */
export async function startTracing(
  service: string,
  config: TracingConfig | null,
  env: Environment = process.env,
): Promise<Tracing | null> {
  if (!isWanted(config, env)) return null;
  const { openTracing } = await import('./otlp.ts');
  return openTracing(service, {
    endpoint: namedIn(env) ? null : (config?.endpoint ?? null),
    share: shareOf(config, env),
  });
}

function isWanted(config: TracingConfig | null, env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  return config !== null || namedIn(env);
}

function namedIn(env: Environment): boolean {
  return [env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_EXPORTER_OTLP_ENDPOINT].some(
    (url) => url !== undefined && url !== '',
  );
}

/** Null: as `OTEL_TRACES_SAMPLER` says, which is all by default. */
function shareOf(config: TracingConfig | null, env: Environment): number | null {
  return env.OTEL_TRACES_SAMPLER === undefined ? (config?.share ?? null) : null;
}
