/** What every file of routes gives: rows of the table that the application and its OpenAPI document are both made from. */
import type { TrafficTally } from '@gradus/lifecycle';
import type { Context, Handler } from 'hono';
import type { RouteDescription } from '../openapi.ts';

export interface Route extends RouteDescription {
  /**
   * Its answers take a model's time: it is turned away when there is too much to do, and counted for the model that it is
   * about.
   */
  readonly tally?: (context: Context) => TrafficTally | undefined;
  /** Milliseconds in which it is answered, where that is not what all others have. */
  readonly within?: number;
  /** Its body is streamed, and may be of any size. */
  readonly isStreamed?: boolean;
  readonly handler: Handler;
}
