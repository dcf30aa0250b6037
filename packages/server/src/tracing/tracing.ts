/**
 * Traces for OpenTelemetry: where the time of a request goes. On where OTEL_EXPORTER_OTLP_ENDPOINT says who collects them
 * (OTLP over HTTP, JSON); its other variables (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS, …) hold as well. Off, not even
 * the packages are loaded.
 *
 * A client's own trace goes on here, by the header `traceparent` (W3C Trace Context); whether it is sampled is the client's
 * decision then.
 */
import type { Attributes, Span, Context as TraceContext, Tracer } from '@opentelemetry/api';
import type { Timed } from '../inference/batcher.ts';

export interface Tracing {
  /** Begins the span of a request. */
  request(method: string, path: string, header: (name: string) => string | undefined): RequestTrace;
  /** Sends what is not sent yet. */
  close(): Promise<void>;
}

/** Times are those of `performance.now()`. */
export interface RequestTrace {
  readonly started: number;
  part(name: string, started: number, ended: number, attributes?: Attributes): void;
  /** The wait for a place in a batch, and the run of the batch. */
  readonly batch: Timed;
  end(route: string, status: number): void;
}

type Otel = typeof import('@opentelemetry/api');

/** @returns undefined where nobody collects traces */
export async function openTracing(
  version: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Tracing | undefined> {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT && !environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) {
    return undefined;
  }
  const [otel, { W3CTraceContextPropagator }, resources, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const service = { 'service.name': environment.OTEL_SERVICE_NAME || 'gradus', 'service.version': version };
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes(service),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('gradus', version);
  const propagator = new W3CTraceContextPropagator();
  return {
    request: (method, path, header) => {
      const parent = propagator.extract(otel.ROOT_CONTEXT, header, {
        get: (carrier, name) => carrier(name),
        keys: () => ['traceparent', 'tracestate'],
      });
      return begin(otel, tracer, parent, method, path);
    },
    close: () => provider.shutdown(),
  };
}

function begin(otel: Otel, tracer: Tracer, parent: TraceContext, method: string, path: string): RequestTrace {
  const started = performance.now();
  const span = tracer.startSpan(
    `${method} ${path}`,
    {
      kind: otel.SpanKind.SERVER,
      startTime: at(started),
      attributes: { 'http.request.method': method, 'url.path': path },
    },
    parent,
  );
  const inside = otel.trace.setSpan(parent, span);
  const part: RequestTrace['part'] = (name, from, to, attributes = {}) =>
    tracer.startSpan(name, { startTime: at(from), attributes }, inside).end(at(to));
  return {
    started,
    part,
    batch: ({ queued, started, ended, rows }) => {
      part('batch', queued, started);
      part('model run', started, ended, { 'gradus.batch.rows': rows });
    },
    end: (route, status) => finish(otel, span, method, route, status),
  };
}

function finish(otel: Otel, span: Span, method: string, route: string, status: number): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.setStatus({ code: otel.SpanStatusCode.ERROR });
  span.end(at(performance.now()));
}

/** Milliseconds since 1970. */
const at = (time: number): number => performance.timeOrigin + time;
