/** What a server does beside answering: it counts, logs and watches. */
import type { Database } from '../database/tables.ts';
import type { Redact } from './log/loggable.ts';
import { PredictionLog } from './log/prediction-log.ts';
import type { Metrics } from './metrics.ts';
import type { MonitoringOptions } from './options.ts';
import { Watch } from './watch.ts';
import { TrafficTally } from './watches/traffic-tally.ts';

export class Monitoring {
  readonly log: PredictionLog;
  readonly traffic = new TrafficTally();
  readonly watch: Watch;
  readonly #timer: NodeJS.Timeout;

  static async start(settings: {
    readonly database: Database;
    readonly runs: string;
    readonly url: string | undefined;
    readonly model: string;
    readonly options: MonitoringOptions;
    readonly redact: Redact;
    /** The server's token: pseudonyms are made with it. */
    readonly secret: string;
    readonly metrics: Metrics;
  }): Promise<Monitoring> {
    const { runs, url, model, options, metrics } = settings;
    const watch = await Watch.start({ runs, url, model, options, metrics });
    return new Monitoring(new PredictionLog(settings), watch, options);
  }

  private constructor(log: PredictionLog, watch: Watch, { interval }: MonitoringOptions) {
    this.log = log;
    this.watch = watch;
    this.#timer = setInterval(() => watch.tell(this.traffic.take()), 1000 * interval);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.watch.tell(this.traffic.take());
    await this.log.close();
    await this.watch.close();
  }
}
