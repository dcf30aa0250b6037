/**
 * What stands in a page for modules of Node (`browser` in package.json): sources that read folders and servers alike name their
 * functions, and in a page nothing calls them.
 */
import { UserError } from '@gradus/base';

const absent = (name: string) => (): never => {
  throw new UserError({
    en: `a page has no files: ${name} is for Node`,
    zh: `网页中没有文件系统：${name} 只能在 Node 中使用`,
  });
};

export const basename = absent('basename');
export const closeSync = absent('closeSync');
export const dirname = absent('dirname');
export const existsSync = absent('existsSync');
export const fstatSync = absent('fstatSync');
export const join = absent('join');
export const mkdtempSync = absent('mkdtempSync');
export const openSync = absent('openSync');
export const readFileSync = absent('readFileSync');
export const readSync = absent('readSync');
export const rmSync = absent('rmSync');
export const statSync = absent('statSync');
export const tmpdir = absent('tmpdir');
export const writeOnnxFile = absent('writeOnnxFile');
/** Graphs of any size are compiled from memory. */
export const compileFile = undefined;
