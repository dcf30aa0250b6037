/** What the server counts, in the text form that Prometheus collects at /metrics. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds: from what a small model takes to what nobody waits for. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'gradus_requests_total',
    help: 'Requests answered, by route and status',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  });
  readonly seconds = new Histogram({
    name: 'gradus_request_seconds',
    help: 'From a request to its answer',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly shed = new Counter({
    name: 'gradus_requests_shed_total',
    help: 'Requests turned away: overload (503) or a rate limit (429)',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly predictions = new Counter({
    name: 'gradus_predictions_total',
    help: 'Predictions, by model and version; shadows apart',
    labelNames: ['model', 'version', 'role'],
    registers: [this.registry],
  });
  readonly unlogged = new Counter({
    name: 'gradus_predictions_unlogged_total',
    help: 'Predictions that were answered though they could not be logged',
    registers: [this.registry],
  });
  readonly tokens = new Counter({
    name: 'gradus_tokens_total',
    help: 'Tokens of large models: of prompts, those of them that were kept from before, and written',
    labelNames: ['model', 'kind'],
    registers: [this.registry],
  });
  readonly firstToken = new Histogram({
    name: 'gradus_first_token_seconds',
    help: 'From a request to the first token of its text',
    labelNames: ['model'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly drift = new Gauge({
    name: 'gradus_drift_score',
    help: 'Drift of a feature in the last full window, by the measure that fits it',
    labelNames: ['model', 'version', 'feature', 'measure'],
    registers: [this.registry],
  });
  readonly alarm = new Gauge({
    name: 'gradus_alarm',
    help: 'Whether the last window of this kind (drift, quality, errors) is an alarm',
    labelNames: ['model', 'version', 'kind'],
    registers: [this.registry],
  });

  constructor(pending: () => number) {
    new Gauge({
      name: 'gradus_requests_pending',
      help: 'Requests under way',
      registers: [this.registry],
      collect() {
        this.set(pending());
      },
    });
    new Gauge({
      name: 'gradus_memory_bytes',
      help: 'Resident memory of the process',
      registers: [this.registry],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }
}
