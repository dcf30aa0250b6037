/** A real collector, real requests: what a trace holds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moods, moodsRun } from '@gradus/lifecycle/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from '../serve.ts';
import { openTracing } from './tracing.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let collector: Server;
let directory: string;
const spans: Span[] = [];
const paths: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-trace-'));
  collector = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      paths.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
      const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString());
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
});
afterAll(() => {
  collector.close();
  rmSync(directory, { recursive: true, force: true });
});

it('is off where nobody collects', async () => {
  expect(await openTracing('1', {})).toBeUndefined();
});

it('follows a request from the client’s own trace to the commit of the log', async () => {
  const run = await moodsRun(directory);
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const server = await serve({ model: run.id, runs: directory, recipes: [moods], port: 0, database: '' });
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const [traceId, parentId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const ask = async (path: string, body: unknown) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        traceparent: `00-${traceId}-${parentId}-01`,
      },
    });
    expect(response.status).toBe(200);
  };
  await ask('/v2/models/moods-1/infer', {
    inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] }],
  });
  await ask('/v1/moods', { texts: ['hello'] });
  await server.close();

  expect(new Set(paths)).toEqual(new Set(['POST /v1/traces application/json']));
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const partsOf = (name: string) => {
    const request = spans.find((span) => span.name === name)!;
    expect(request.parentSpanId).toBe(parentId);
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    for (const part of parts) {
      expect(BigInt(part.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(request.startTimeUnixNano));
      expect(BigInt(part.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(part.startTimeUnixNano));
      expect(BigInt(part.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(request.endTimeUnixNano));
    }
    const byStart = parts.toSorted((a, b) =>
      Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)),
    );
    return { request, names: byStart.map((part) => part.name) };
  };
  const infer = partsOf('POST /v2/models/:name/infer');
  expect(infer.names).toEqual(['admission', 'batch', 'model run', 'log commit']);
  expect(infer.request.attributes).toContainEqual({
    key: 'http.response.status_code',
    value: { intValue: 200 },
  });
  expect(partsOf('POST /v1/moods').names).toEqual(['admission', 'model run', 'log commit']);
});
