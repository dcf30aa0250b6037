/**
 * The server's own token: a secret of 43 random characters in a file that only its owner can read. It may do everything, so it is
 * either whole or absent: written aside, flushed, and linked to its name, and a text that is too short to be a secret is
 * nobody's.
 */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { newSecret } from '@gradus/lifecycle';

export const TOKEN_FILE = '.token';

/** Characters. */
const SHORTEST = 16;

/** Whether a text can be somebody's secret: long enough, and of what a header can hold. */
export const canBeSecret = (text: string): boolean => text.length >= SHORTEST && /^[\x21-\x7e]+$/.test(text);

/**
 * What `GRADUS_TOKEN` says, else what lies beside the runs; made when there is none. Of several servers that start at once, all
 * have the same one.
 *
 * @throws UserError where the token is no secret, or its file cannot be read or written
 */
export function serverToken(runs: string, environment: NodeJS.ProcessEnv = process.env): string {
  const token = environment.GRADUS_TOKEN;
  if (token !== undefined) {
    if (canBeSecret(token)) return token;
    throw new UserError({
      en: `GRADUS_TOKEN is too short or has characters that a header cannot hold. Expected at least ${SHORTEST} visible ASCII characters.`,
      zh: `GRADUS_TOKEN 太短，或含有标头不允许的字符。应为至少 ${SHORTEST} 个可见 ASCII 字符。`,
    });
  }
  const file = join(runs, TOKEN_FILE);
  try {
    const found = read(file);
    if (found !== undefined) {
      if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
      return requireSecret(found, file);
    }
    mkdirSync(runs, { recursive: true });
    create(file, newSecret());
    return requireSecret(read(file)!, file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { message } = error as Error;
    throw new UserError(
      {
        en: `${file} cannot be read or written: ${message}`,
        zh: `无法读写 ${file}：${message}`,
      },
      { cause: error },
    );
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function requireSecret(found: string, file: string): string {
  if (canBeSecret(found)) return found;
  throw new UserError({
    en: `${file} holds no token: it is ${found === '' ? 'empty' : 'too short, or has characters that a header cannot hold'}. A full disk or a crash may have left it so. Delete it, and a new one is made at the next start.`,
    zh: `${file} 中没有有效的令牌：${found === '' ? '文件为空' : '内容太短，或含有标头不允许的字符'}，可能由磁盘写满或崩溃造成。请删除该文件，下次启动时会生成新的令牌。`,
  });
}

/** Does nothing where another process was faster: then its token stands. */
function create(file: string, secret: string): void {
  const aside = `${file}.${randomUUID()}.part`;
  try {
    const opened = openSync(aside, 'wx', 0o600);
    try {
      writeFileSync(opened, secret);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    link(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
}

function link(aside: string, file: string): void {
  try {
    linkSync(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (!NO_LINKS.has(code ?? '')) throw error;
    // A file system without second names. Whoever reads half of it meanwhile refuses to start, and has it at the next.
    try {
      copyFileSync(aside, file, constants.COPYFILE_EXCL);
    } catch (again) {
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
  }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);
