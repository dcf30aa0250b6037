/** The server refused a request, or failed at it: with a code for programs, and a sentence for people. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  /** `invalid_request`, `not_found`, `unauthorized`, …; `unreachable` with the status 0 where no server answered. */
  readonly code: string;
  /** Of the request, where one is wrong. */
  readonly field: string | undefined;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    {
      status,
      code,
      field,
      retryAfter,
      cause,
    }: {
      readonly status: number;
      readonly code: string;
      readonly field?: string | undefined;
      readonly retryAfter?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** What a response that is no success says of itself, whatever stands between the client and the server. */
export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const rest = { status: response.status, retryAfter: Number.isFinite(after) ? after : undefined };
  try {
    const { error } = JSON.parse(text) as {
      error: string | { code: string; message: string; field?: string };
    };
    if (typeof error === 'string') return new ApiError(error, { ...rest, code: 'refused' });
    return new ApiError(error.message, { ...rest, code: error.code, field: error.field });
  } catch {
    return new ApiError(`The server answered ${response.status}: ${text.slice(0, 200)}`, {
      ...rest,
      code: 'no_json',
    });
  }
}
