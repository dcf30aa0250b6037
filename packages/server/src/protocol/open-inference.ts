/**
 * The Open Inference Protocol, version 2, over HTTP: what clients of KServe and Triton speak.
 *
 *     GET  /v2   /v2/health/live   /v2/health/ready
 *     GET  /v2/models/NAME[/versions/N]   …/ready
 *     POST /v2/models/NAME[/versions/N]/infer
 *
 * Where a recipe answers texts, a model takes them as well: `text`, in place of its own tensors (texts.ts).
 *
 * Errors have its own form, {"error": "…"}. The binary extension (Triton's, taken up by KServe) is understood both ways.
 */
import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { ModelSignature, TensorType } from '@gradus/lifecycle';
import {
  DATATYPES,
  NotFound,
  RequestError,
  readTensor,
  TensorJson,
  tensorToBytes,
  tensorToJson,
} from '@gradus/lifecycle';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { ServedModel } from '../inference/model.ts';
import { parseJson } from '../json/json.ts';
import { LONGEST_MESSAGE } from '../limits/sizes.ts';
import { ModelUnavailable, TooManyModels } from '../models/open-models.ts';
import { TEXT_INPUT, TEXT_TYPE } from '../models/texts.ts';

export const InferRequest = z.strictObject({
  id: z.string().max(200).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  inputs: z.array(TensorJson).min(1).max(100),
  outputs: z
    .array(z.strictObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()).optional() }))
    .max(100)
    .optional(),
});

/** A model as it is asked: its own tensors, and texts where its recipe answers those. */
export interface AskedModel {
  /** Undefined where the run has no file that could be run by itself. */
  readonly own: Pick<ServedModel, 'signature' | 'infer'> | undefined;
  readonly texts:
    | {
        readonly outputs: ModelSignature['outputs'];
        /** @throws RequestError where the recipe does not take these */
        answer(texts: readonly string[]): Promise<Record<string, HostTensor>>;
      }
    | undefined;
}

/** What the protocol needs of the server. */
export interface Models {
  readonly serverVersion: string;
  ready(): boolean;
  /** What of a message whoever asks gets to see. */
  shown(message: string): string;
  /**
   * Lends a model for as long as `work` takes.
   *
   * @param version Undefined: the one that the request gets
   * @throws NotFound where there is none of this name and version; ModelUnavailable, TooManyModels where it cannot be opened now
   */
  use<T>(
    name: string,
    version: string | undefined,
    context: Context,
    work: (model: AskedModel, version: string, versions: readonly string[]) => Promise<T>,
  ): Promise<T>;
}

const BINARY_HEADER = 'inference-header-content-length';

export function openInference(app: Hono, models: Models): void {
  const fail = (context: Context, status: 400 | 404 | 503, error: string) =>
    context.json({ error: models.shown(error).slice(0, LONGEST_MESSAGE) }, status);
  const explained =
    (handle: (context: Context, name: string, version: string | undefined) => Promise<Response>) =>
    async (context: Context): Promise<Response> => {
      const { name, version } = context.req.param() as { name: string; version?: string };
      try {
        return await handle(context, name, version);
      } catch (error) {
        if (error instanceof RequestError) return fail(context, 400, error.message);
        if (error instanceof NotFound) return fail(context, 404, error.message);
        if (error instanceof ModelUnavailable || error instanceof TooManyModels) {
          return fail(context, 503, error.message);
        }
        if (error instanceof UserError) return fail(context, 400, error.message);
        throw error;
      }
    };

  app.get('/v2', (context) =>
    context.json({
      name: 'gradus',
      version: models.serverVersion,
      extensions: ['binary_tensor_data'],
    }),
  );
  app.get('/v2/health/live', (context) => context.json({ live: true }));
  app.get('/v2/health/ready', (context) => {
    const ready = models.ready();
    return context.json({ ready }, ready ? 200 : 503);
  });
  for (const prefix of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    app.get(
      prefix,
      explained((context, name, version) =>
        models.use(name, version, context, async (model, _, versions) =>
          context.json(metadata(name, versions, model)),
        ),
      ),
    );
    app.get(
      `${prefix}/ready`,
      explained((context, name, version) =>
        models.use(name, version, context, async () => context.json({ name, ready: true })),
      ),
    );
    app.post(
      `${prefix}/infer`,
      explained(async (context, name, version) => {
        const request = await readRequest(context);
        return models.use(name, version, context, (model, actual) =>
          answered(context, name, actual, model, request),
        );
      }),
    );
  }
}

interface Infer {
  readonly json: z.infer<typeof InferRequest>;
  /** What follows the JSON. */
  readonly bytes: Uint8Array;
}

async function readRequest(context: Context): Promise<Infer> {
  const body = new Uint8Array(await context.req.arrayBuffer());
  const header = context.req.header(BINARY_HEADER);
  const length = header === undefined ? body.length : /^\d+$/.test(header) ? Number(header) : -1;
  if (length < 0 || length > body.length) {
    throw new RequestError(
      `the header Inference-Header-Content-Length is ${header}; expected the length of the JSON, at most the body's ${body.length} bytes`,
    );
  }
  let value: unknown;
  try {
    value = parseJson(body.subarray(0, length));
  } catch (error) {
    throw new RequestError(`the body is not JSON: ${(error as Error).message}`);
  }
  const json = InferRequest.safeParse(value);
  if (!json.success) {
    const { path, message } = json.error.issues[0]!;
    throw new RequestError(path.length > 0 ? `${path.join('.')}: ${message}` : message);
  }
  return { json: json.data, bytes: body.subarray(length) };
}

async function answered(
  context: Context,
  name: string,
  version: string,
  model: AskedModel,
  { json, bytes }: Infer,
): Promise<Response> {
  const ofTexts = model.texts && json.inputs.some((input) => input.name === TEXT_INPUT);
  const there = ofTexts ? model.texts!.outputs : (model.own?.signature.outputs ?? {});
  const names = json.outputs?.map((output) => output.name) ?? Object.keys(there);
  const unknown = names.find((output) => !Object.hasOwn(there, output));
  if (unknown !== undefined) {
    throw new RequestError(`there is no output "${unknown}"; there are: ${Object.keys(there).join(', ')}`);
  }
  const outputs = ofTexts
    ? await model.texts!.answer(readTexts(json.inputs, bytes))
    : await computed(model, json.inputs, bytes);
  const head = { model_name: name, model_version: version, ...(json.id !== undefined && { id: json.id }) };
  const inBinary = (output: string) =>
    json.outputs?.find((requested) => requested.name === output)?.parameters?.binary_data ??
    json.parameters?.binary_data_output ??
    false;
  if (!names.some(inBinary)) {
    return context.json({ ...head, outputs: names.map((output) => tensorToJson(output, outputs[output]!)) });
  }
  const parts: Uint8Array[] = [];
  const described = names.map((output) => {
    const { dtype, dims } = outputs[output]!;
    if (!inBinary(output)) return tensorToJson(output, outputs[output]!);
    const part = tensorToBytes(outputs[output]!);
    parts.push(part);
    return {
      name: output,
      shape: dims,
      datatype: DATATYPES[dtype],
      parameters: { binary_data_size: part.length },
    };
  });
  const text = new TextEncoder().encode(JSON.stringify({ ...head, outputs: described }));
  context.header('content-type', 'application/octet-stream');
  context.header(BINARY_HEADER, String(text.length));
  return context.body(Buffer.concat([text, ...parts]));
}

/** What a model's own tensors give. */
async function computed(
  { own, texts }: AskedModel,
  inputs: readonly TensorJson[],
  bytes: Uint8Array,
): Promise<Record<string, HostTensor>> {
  const { signature, infer } = own ?? { signature: { inputs: {}, outputs: {} }, infer: undefined };
  const feeds = readFeeds(inputs, signature, bytes, texts ? [TEXT_INPUT] : []);
  try {
    return await infer!(feeds);
  } catch (error) {
    // The runtime refuses sizes that do not go together, which the signature could not know.
    throw new RequestError(`the model cannot compute this: ${(error as Error).message.slice(0, 500)}`);
  }
}

/** The texts of a request, in a list or, as clients that put batches first have them, in a column. */
function readTexts(inputs: readonly TensorJson[], bytes: Uint8Array): readonly string[] {
  const [input, other] = inputs as [TensorJson, TensorJson | undefined];
  if (other) {
    throw new RequestError(
      `inputs are ${inputs.map(({ name }) => `"${name}"`).join(', ')}; "${TEXT_INPUT}" stands alone`,
    );
  }
  const column = input.shape.length === 2 && input.shape[1] === 1;
  const shape = column ? ['texts', 1] : TEXT_TYPE.shape;
  const { tensor, taken } = readTensor(input, { ...TEXT_TYPE, shape }, bytes);
  requireAll(bytes.length - taken);
  return tensor.data as readonly string[];
}

function requireAll(left: number): void {
  if (left !== 0) throw new RequestError(`${left} bytes behind the JSON belong to no input`);
}

/** @param others Inputs that the model takes in place of these */
function readFeeds(
  inputs: readonly TensorJson[],
  signature: ModelSignature,
  bytes: Uint8Array,
  others: readonly string[],
): Record<string, HostTensor> {
  const expected = new Map(Object.entries(signature.inputs));
  const feeds = new Map<string, HostTensor>();
  // An open size has one value in one request: what is called batch here is the same number there.
  const sizes = new Map<string, { size: number; input: string }>();
  let at = 0;
  for (const input of inputs) {
    const type = expected.get(input.name);
    if (!type) {
      throw new RequestError(
        `there is no input "${input.name}"; there are: ${[...others, ...expected.keys()].join(', ')}`,
      );
    }
    if (feeds.has(input.name)) throw new RequestError(`input "${input.name}" is given twice`);
    const { tensor, taken } = readTensor(input, type, bytes.subarray(at));
    at += taken;
    requireSame(input.name, tensor.dims, type, sizes);
    feeds.set(input.name, tensor);
  }
  const absent = [...expected.keys()].filter((name) => !feeds.has(name));
  if (absent.length > 0) throw new RequestError(`inputs are missing: ${absent.join(', ')}`);
  requireAll(bytes.length - at);
  return Object.fromEntries(feeds);
}

function requireSame(
  input: string,
  dims: readonly number[],
  { shape }: TensorType,
  sizes: Map<string, { size: number; input: string }>,
): void {
  for (const [i, name] of shape.entries()) {
    if (typeof name !== 'string') continue;
    const size = dims[i]!;
    const before = sizes.get(name);
    if (before && before.size !== size) {
      throw new RequestError(
        `"${name}" is ${size} in input "${input}" and ${before.size} in "${before.input}"; expected the same`,
      );
    }
    if (size === 0) throw new RequestError(`"${name}" of input "${input}" is 0; expected at least 1`);
    sizes.set(name, { size, input });
  }
}

/** Texts come first: whoever has those needs none of the other inputs. */
function metadata(name: string, versions: readonly string[], { own, texts }: AskedModel): object {
  const inputs = { ...(texts && { [TEXT_INPUT]: TEXT_TYPE }), ...own?.signature.inputs };
  const outputs = { ...texts?.outputs, ...own?.signature.outputs };
  const described = (types: ModelSignature['inputs']) =>
    Object.entries(types).map(([tensor, { dtype, shape }]) => ({
      name: tensor,
      datatype: DATATYPES[dtype],
      // Open sizes are −1.
      shape: shape.map((size) => (typeof size === 'number' ? size : -1)),
    }));
  return {
    name,
    versions,
    platform: 'onnxruntime_onnx',
    inputs: described(inputs),
    outputs: described(outputs),
  };
}
