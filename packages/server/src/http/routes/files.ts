/** Files of runs that people look at. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { shownFile } from '@gradus/lifecycle';
import type { Context } from 'hono';
import { explained } from '../errors.ts';
import type { Route } from './route.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
};

export const fileRoutes = (runs: string): Route[] => [
  {
    method: 'get',
    path: '/v1/runs/:run/files/:file',
    title: {
      en: "A run's report or card, as a file: report.html, report.json, card.md",
      zh: '某次运行的报告或模型卡文件：report.html、report.json、card.md',
    },
    scope: 'read',
    handler: explained(async (context) => {
      const { run, file } = context.req.param() as { run: string; file: string };
      return sendFile(context, shownFile({ runs }, run, file));
    }),
  },
];

export async function sendFile(context: Context, path: string): Promise<Response> {
  const file = createReadStream(path);
  await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
  context.header('content-type', TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
  return context.body(Readable.toWeb(file) as ReadableStream);
}
