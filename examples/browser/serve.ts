/**
 * Bundles digits.ts and chat.ts and serves their pages: what any bundler and any web server do, in little.
 *
 *     npx node examples/browser/serve.ts [FOLDER]
 *
 * A folder of a language model (Hugging Face, below 1 GB or so) is served as /model, for /chat.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
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
async function pages(model: string | undefined): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: ['digits.ts', 'chat.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url))),
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
    ['/chat', readFileSync(new URL('chat.html', import.meta.url))],
    ...(model === undefined ? [] : modelFiles(model)),
    ...outputFiles.map(({ path, contents }) => [path, contents] as const),
    ...RUNTIME.map(
      (file) => [`/${file}`, readFileSync(new URL(import.meta.resolve(`onnxruntime-web/${file}`)))] as const,
    ),
  ]);
}

const MODEL_FILES = /^(?:[\w.-]+\.json|chat_template\.jinja|model(?:-\d+-of-\d+)?\.safetensors)$/;

const modelFiles = (folder: string): [string, Uint8Array][] =>
  readdirSync(folder)
    .filter((name) => MODEL_FILES.test(name))
    .map((name) => [`/model/${name}`, readFileSync(join(folder, name))]);

/**
 * @param port 0: any that is free
 * @param model the folder of a language model
 */
export async function serve(port: number, model?: string): Promise<{ url: string; close(): void }> {
  const served = await pages(model);
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

if (import.meta.main) {
  const [model] = process.argv.slice(2);
  if (model !== undefined && !existsSync(join(model, 'config.json')))
    throw new Error(`${model} is no folder of a model: it has no config.json`);
  const { url } = await serve(8421, model);
  console.log(`Learning in the browser: ${url}${model === undefined ? '' : `\nA conversation: ${url}chat`}`);
}
