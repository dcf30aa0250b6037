/** How long things may take, in milliseconds: nobody holds the server up by being slow. */
export interface Times {
  /** From a connection's first byte to the end of the headers. */
  readonly headers: number;
  /** To the end of the body. */
  readonly request: number;
  /** From a request to its answer. */
  readonly answer: number;
  /** For what is under way when the server closes. */
  readonly close: number;
}

export const TIMES: Times = { headers: 10_000, request: 30_000, answer: 30_000, close: 5000 };
