/** Files, as OpenAI's clients send them (github.com/openai/openai-openapi: createFile): what trainings learn from. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { safeFileName } from '@gradus/lifecycle';
import type { Context } from 'hono';
import { z } from 'zod';
import {
  contentPath,
  deleteFile,
  findFile,
  type StoredFile,
  storedFiles,
  storeFile,
} from '../../../tuning/stored-files.ts';
import { BadRequest, explained } from '../../errors.ts';
import { parseParts } from '../../form-body.ts';
import { answerSchema } from '../../openapi.ts';
import type { Route } from '../route.ts';
import { pageOf } from './page.ts';

/** Of OpenAI's purposes the one that anything is done with here. */
const PURPOSE = 'fine-tune';

const FileAnswer = z.object({
  id: z.string(),
  object: z.literal('file'),
  bytes: z.int(),
  created_at: z.int(),
  filename: z.string(),
  purpose: z.string(),
  status: z.literal('processed'),
});
const FileList = z.object({
  object: z.literal('list'),
  data: z.array(FileAnswer),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

const answerOf = ({ id, bytes, createdAt, filename, purpose }: StoredFile): z.output<typeof FileAnswer> => ({
  id,
  object: 'file',
  bytes,
  created_at: createdAt,
  filename,
  purpose,
  status: 'processed',
});

export function storedFileRoutes(runs: string): Route[] {
  const named = (context: Context) => findFile(runs, context.req.param('id')!);
  return [
    {
      method: 'post',
      path: '/v1/files',
      title: {
        en: 'A file to train on, JSON Lines: a form with the fields purpose (fine-tune) and file, in the form of OpenAI',
        zh: '用于训练的 JSON Lines 文件：表单字段 purpose（fine-tune）与 file（OpenAI 格式）',
      },
      scope: 'admin',
      answer: answerSchema(FileAnswer),
      handler: explained(async (context) => {
        const body = new Uint8Array(await context.req.arrayBuffer());
        const parts = parseParts(context.req.header('content-type') ?? '', body);
        const purpose = parts.find(({ name }) => name === 'purpose')?.content;
        if (purpose !== PURPOSE) throw wrongField('purpose', `"${PURPOSE}"`, `“${PURPOSE}”`);
        const file = parts.find(({ name, filename }) => name === 'file' && filename !== undefined);
        if (!file || typeof file.content === 'string') throw wrongField('file', 'a file', '一个文件');
        requireLines(file.content);
        const { name: by } = context.get('caller');
        const filename = safeFileName(file.filename!);
        return context.json(answerOf(storeFile(runs, file.content, { filename, purpose, by })));
      }),
    },
    {
      method: 'get',
      path: '/v1/files',
      title: { en: 'The files to train on, the newest first', zh: '用于训练的文件，最新的在前' },
      scope: 'read',
      answer: answerSchema(FileList),
      handler: explained(async (context) => {
        const { purpose, order } = context.req.query();
        const all = storedFiles(runs).filter((file) => purpose === undefined || file.purpose === purpose);
        return context.json(pageOf(context, (order === 'asc' ? all.reverse() : all).map(answerOf)));
      }),
    },
    {
      method: 'get',
      path: '/v1/files/:id',
      title: { en: 'What is known of a file', zh: '文件的信息' },
      scope: 'read',
      answer: answerSchema(FileAnswer),
      handler: explained(async (context) => context.json(answerOf(named(context)))),
    },
    {
      method: 'get',
      path: '/v1/files/:id/content',
      title: { en: 'A file as it was sent', zh: '文件的原始内容' },
      scope: 'read',
      handler: explained(async (context) => {
        const file = createReadStream(contentPath(runs, named(context)));
        await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
        context.header('content-type', 'application/octet-stream');
        return context.body(Readable.toWeb(file) as ReadableStream);
      }),
    },
    {
      method: 'delete',
      path: '/v1/files/:id',
      title: {
        en: 'A file deleted; a training that waits for it will fail',
        zh: '删除文件；等待使用它的训练会失败',
      },
      scope: 'admin',
      handler: explained(async (context) => {
        const file = named(context);
        deleteFile(runs, file);
        return context.json({ id: file.id, object: 'file', deleted: true });
      }),
    },
  ];
}

const wrongField = (name: string, en: string, zh: string): BadRequest =>
  new BadRequest(400, {
    en: `The field ${name} of the form is missing or wrong. Expected ${en}.`,
    zh: `表单字段 ${name} 缺失或有误。应为${zh}。`,
  });

/** Whether it can be JSON Lines at all: its first line tells. @throws BadRequest */
function requireLines(content: Uint8Array): void {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const end = text.indexOf('\n');
  try {
    if (
      z
        .record(z.string(), z.unknown())
        .safeParse(JSON.parse(text.toString('utf8', 0, end < 0 ? text.length : end))).success
    )
      return;
  } catch {
    // Said below.
  }
  throw new BadRequest(400, {
    en: 'The first line of the file is no JSON object. Expected JSON Lines: an example a line, such as {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}.',
    zh: '文件的第一行不是 JSON 对象。应为 JSON Lines：每行一个样例，例如 {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}。',
  });
}
