/**
 * Commands that read all weights of a large model for each token are as fast as memory is, and memory is faster in pages of 2 MB. Linux
 * gives these to programs that ask; the C library asks where its environment says so, which it reads when a program begins. So such a
 * command begins again, in the same process.
 *
 * Sources: https://docs.kernel.org/admin-guide/mm/transhuge.html and "Memory Allocation Tunables" of the manual of glibc
 */
import { readFileSync } from 'node:fs';

const COMMANDS = ['chat', 'generate'];
const POLICY = '/sys/kernel/mm/transparent_hugepage/enabled';

/** Does not come back where it begins again. */
export function beginInHugePages() {
  const { GLIBC_TUNABLES, NODE_CHANNEL_FD } = process.env;
  const given = GLIBC_TUNABLES !== undefined || NODE_CHANNEL_FD !== undefined;
  if (given || typeof process.execve !== 'function' || !runsLargeModel(process.argv.slice(2)) || !asks())
    return;
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  try {
    process.execve(process.execPath, args, { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' });
  } catch {
    // A thread, or a system without it: as fast as before.
  }
}

/** A server of other models would only take more memory. */
const runsLargeModel = ([command, ...rest]) =>
  COMMANDS.includes(command) || (command === 'serve' && rest.some((word) => /^--model(?:=|$)/.test(word)));

/** Whether the system gives large pages to programs that ask, and to no others. */
function asks() {
  try {
    return readFileSync(POLICY, 'utf8').includes('[madvise]');
  } catch {
    return false;
  }
}
