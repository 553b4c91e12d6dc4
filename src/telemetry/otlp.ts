/** OpenTelemetry's SDK, set up once for the process. */
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { Tracing } from './tracing.ts';

interface OtlpOptions {
  /** Null: as the variables say. */
  readonly endpoint: string | null;
  /** Null: as the variables say. */
  readonly share: number | null;
}

export function openTracing(service: string, { endpoint, share }: OtlpOptions): Tracing {
  const exporter = new OTLPTraceExporter(endpoint === null ? {} : { url: endpoint });
  const ofVariables = detectResources({ detectors: [envDetector] });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }).merge(ofVariables),
    spanProcessors: [new BatchSpanProcessor(exporter)],
    ...(share === null
      ? {}
      : { sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }) }),
  });
  // Without baggage, by which anybody could send texts along to others.
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return { close: () => provider.shutdown() };
}
