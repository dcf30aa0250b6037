/**
 * A registry of npm's on this machine, which has what was packed: `npm install gradus` finds there what it would find once all
 * is published.
 *
 *     npm run pack && node scripts/pack/registry.ts   # then, elsewhere: npm i gradus --registry http://127.0.0.1:4873
 *
 * Other packages come from npm's registry, to which it redirects; or, for tests that must not leave this machine, from the
 * node_modules of the source tree, each with the version that is installed there.
 *
 * Source: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, globSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';

export interface Registry {
  readonly url: string;
  close(): void;
}

export interface RegistryOptions {
  /** What `pack` made. */
  readonly packed: string;
  /** A node_modules folder that others come from; default: npm's registry. */
  readonly modules?: string;
  /** 0 takes any that is free. */
  readonly port?: number;
}

interface Version {
  readonly name: string;
  readonly version: string;
}

const UPSTREAM = 'https://registry.npmjs.org';

export async function startRegistry({ packed, modules, port = 0 }: RegistryOptions): Promise<Registry> {
  /** Tarballs of ours, by `NAME@VERSION`; npm joins scope and name by a dash. */
  const tarballs = new Map<string, string>();
  const versions = new Map<string, Version>();
  for (const path of globSync('{gradus,@gradus/*}/package.json', { cwd: packed })) {
    const manifest = JSON.parse(readFileSync(join(packed, path), 'utf8')) as Version;
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    const tarball = globSync(`{,other-platforms/}${file}`, { cwd: packed })[0];
    if (tarball === undefined) continue;
    tarballs.set(manifest.name, join(packed, tarball));
    versions.set(manifest.name, manifest);
  }
  const found = (name: string): Version | undefined => {
    if (versions.has(name)) return versions.get(name);
    const manifest = modules && join(modules, name, 'package.json');
    return manifest && existsSync(manifest)
      ? (JSON.parse(readFileSync(manifest, 'utf8')) as Version)
      : undefined;
  };
  const server = createServer(({ url: path = '/' }, response) => {
    const wanted = decodeURIComponent(path.slice(1).split('?')[0]!);
    const [name, tarball] = wanted.split('/-/') as [string, string | undefined];
    const version = found(name);
    if (!version) {
      if (modules) response.writeHead(404).end('{}');
      else response.writeHead(302, { location: `${UPSTREAM}${path}` }).end();
    } else if (tarball !== undefined) {
      send(response, tarballs.get(name) ?? join(modules!, name));
    } else {
      const dist = { tarball: `${url}/${name}/-/${basename(name)}-${version.version}.tgz` };
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          name,
          'dist-tags': { latest: version.version },
          versions: { [version.version]: { ...version, dist } },
        }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A tarball, or a folder as one, uncompressed: npm takes both. */
function send(response: ServerResponse, path: string): void {
  if (path.endsWith('.tgz')) {
    createReadStream(path).pipe(response);
    return;
  }
  const tar = spawn('tar', ['-cf', '-', '--exclude', 'node_modules', '-C', dirname(path), basename(path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tar.stdout.pipe(response);
}

if (import.meta.main) {
  const { url } = await startRegistry({
    packed: join(import.meta.dirname, '../../dist-packages'),
    port: 4873,
  });
  console.log(`npm i gradus --registry ${url}`);
}
