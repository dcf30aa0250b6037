#!/usr/bin/env node
/**
 * The `gradus` command. Gradus needs Node 24; on a machine whose own Node is older, this file starts itself again on the one that
 * npm installed with it (own-node.js). Both are plain JavaScript that Node 20 can read.
 */
import { spawn } from 'node:child_process';
import module from 'node:module';
import { beginInHugePages } from './huge-pages.js';
import { NEEDED, ownNode } from './own-node.js';

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  beginInHugePages();
  // Half the time of a start goes into compiling programs: Node keeps what it compiled.
  module.enableCompileCache();
  const wanted = process.argv.slice(2);
  if (wanted.length === 1 && wanted[0] === '--version') {
    // Without loading what runs recipes.
    const { VERSION } = await import('@gradus/base');
    console.log(VERSION);
  } else {
    const { main } = await import('gradus');
    process.exitCode = await main(wanted);
  }
} else {
  const own = await ownNode();
  if (own.program) {
    const child = spawn(own.program, process.argv.slice(1), { stdio: 'inherit' });
    // A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', ({ message }) => {
      console.error(`gradus: Node ${NEEDED} (${own.program}) cannot be started: ${message}`);
      process.exitCode = 1;
    });
    child.on('exit', (code, signal) => {
      if (signal) process.kill(process.pid, signal);
      else process.exitCode = code ?? 1;
    });
  } else {
    const chinese = /^zh/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '');
    console.error(
      chinese
        ? `gradus：需要 Node ${NEEDED} 或更新版本，当前为 ${process.version}；自带的 Node 无法使用（${own.reason}）。请从 https://nodejs.org 安装 Node ${NEEDED}，或重新安装 gradus（不要使用 --omit=optional）。`
        : `gradus: Node ${NEEDED} or newer is needed, and this is ${process.version}; the Node that comes along cannot be used (${own.reason}). Install Node ${NEEDED} from https://nodejs.org, or install gradus again without --omit=optional.`,
    );
    process.exitCode = 1;
  }
}
