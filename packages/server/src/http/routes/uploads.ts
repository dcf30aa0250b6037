/** The bytes of an upload, straight to disk: see lifecycle/datasets/uploads.ts. */
import { UserError } from '@gradus/base';
import { continueUpload, findOperation, findUpload, type Operation } from '@gradus/lifecycle';
import { explained } from '../errors.ts';
import { incomingOf } from '../incoming.ts';
import { describedRoute } from './operations.ts';
import type { Route } from './route.ts';

export function uploadRoutes(runs: string, operations: readonly Operation[]): Route[] {
  return [
    {
      ...describedRoute(findOperation(operations, 'uploads.show')),
      handler: explained(async (context) => {
        const upload = findUpload(runs, context.req.param('id')!);
        context.header('upload-offset', String(upload.offset));
        context.header('upload-length', String(upload.bytes));
        return context.json(upload);
      }),
    },
    {
      method: 'patch',
      path: '/v1/uploads/:id',
      title: {
        en: 'Goes on with an upload: the bytes from the header Upload-Offset on, as application/offset+octet-stream. With its last byte it becomes a version of its dataset',
        zh: '继续上传：从标头 Upload-Offset 起的字节，类型 application/offset+octet-stream。收到最后一个字节后成为数据集的一个版本',
      },
      scope: 'admin',
      isStreamed: true,
      handler: explained(async (context) => {
        const offset = context.req.header('upload-offset') ?? '';
        if (!/^\d{1,15}$/.test(offset)) {
          throw new UserError({
            en: 'The header Upload-Offset is missing, or no number. GET this address says where the upload stands.',
            zh: '缺少标头 Upload-Offset，或其不是数字。以 GET 查询此地址可得知上传进度。',
          });
        }
        const now = await continueUpload(runs, context.req.param('id')!, Number(offset), incomingOf(context));
        context.header('upload-offset', String(now.offset));
        return context.json(now);
      }),
    },
  ];
}
