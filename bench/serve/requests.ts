/** What the digits' server is asked: a picture, as JSON or as raw bytes behind it. */
import { Random } from '@gradus/base';
import { TOKEN } from './server.ts';

const ROW = 784;
const random = new Random(0);
/** Eight bits a pixel, as pictures have. */
const picture = Float32Array.from({ length: ROW }, () => Math.round(random.uniform() * 255) / 255);
const authorization = `Bearer ${TOKEN}`;

export interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly Uint8Array[];
}

const tensor = { name: 'x', shape: [1, ROW], datatype: 'FP32' };
const data = Array.from(picture, (value) => Number(value.toPrecision(4)));

export const asJson: Asked = {
  headers: { authorization, 'content-type': 'application/json' },
  bodies: [Buffer.from(JSON.stringify({ inputs: [{ ...tensor, data }] }))],
};

const head = Buffer.from(
  JSON.stringify({ inputs: [{ ...tensor, parameters: { binary_data_size: 4 * ROW } }] }),
);
export const asBytes: Asked = {
  headers: {
    authorization,
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(head.length),
  },
  bodies: [Buffer.concat([head, Buffer.from(picture.buffer)])],
};

/** As the peer's own schema has it. */
export const forPeer: Asked = {
  headers: { 'content-type': 'application/json' },
  bodies: [Buffer.from(JSON.stringify({ images: [data] }))],
};
