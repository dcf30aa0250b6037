/**
 * Bundles digits.ts and serves the page: what any bundler and any web server do, in little.
 *
 *     npx node examples/browser/serve.ts
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** ONNX Runtime's own files, loaded when a first graph is compiled: for WebAssembly, and for WebGPU. */
const RUNTIME = ['ort-wasm-simd-threaded', 'ort-wasm-simd-threaded.asyncify'].flatMap((name) => [
  `${name}.mjs`,
  `${name}.wasm`,
]);

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

const HEADERS = {
  // Pages that no other page can reach into may share memory between threads, which the runtime's need.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-cache',
};

/** The contents of each path. */
async function pages(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('digits.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    // A page loads only the half of the runtime that it uses, and finds the files above beside it.
    splitting: true,
    conditions: ['onnxruntime-web-use-extern-wasm'],
    outdir: '/',
    write: false,
    logLevel: 'warning',
  });
  return new Map([
    ['/', readFileSync(new URL('index.html', import.meta.url))],
    ...outputFiles.map(({ path, contents }) => [path, contents] as const),
    ...RUNTIME.map(
      (file) => [`/${file}`, readFileSync(new URL(import.meta.resolve(`onnxruntime-web/${file}`)))] as const,
    ),
  ]);
}

/** @param port 0: any that is free */
export async function serve(port: number): Promise<{ url: string; close(): void }> {
  const served = await pages();
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url!, 'http://localhost');
    const body = served.get(pathname);
    const ending = pathname.split('.').at(-1) as keyof typeof TYPES;
    response.writeHead(body ? 200 : 404, { ...HEADERS, 'content-type': TYPES[ending] ?? TYPES.html });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

if (import.meta.main) console.log(`Learning in the browser: ${(await serve(8421)).url}`);
