/** What an S3 server or the network says when something is wrong, as an error that says what to do. */
import { type Localized, UserError } from '@gradus/base';
import type { S3Address } from './address.ts';
import { s3Url } from './address.ts';
import type { S3Settings } from './settings.ts';

/** An answer of the server that is no success. */
export interface S3Failure {
  readonly status: number;
  /** Of the answer's XML: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Empty where there is none. */
  readonly code: string;
  readonly message: string;
  /** Where the bucket is, of servers that say so. */
  readonly region?: string;
  /** Milliseconds by which the server's clock is ahead of ours, where it says its time. */
  readonly ahead?: number;
  /** Seconds to wait before another attempt, where the server demands it. */
  readonly retryAfter?: number;
}

/** Worth another attempt: the server is busy, or in trouble for a while. */
export const isPassing = ({ status, code }: S3Failure): boolean =>
  status === 429 || status === 408 || (status >= 500 && status !== 501) || code === 'RequestTimeout';

type Explain = (failure: S3Failure, at: S3Address, settings: S3Settings) => Localized;

const server = ({ endpoint, region }: S3Settings): string => endpoint?.host ?? `Amazon S3 (${region})`;

const DENIED: Explain = (_, at, settings) =>
  settings.credentials
    ? {
        en: `Access denied: the keys of AWS_ACCESS_KEY_ID may not read it, or it does not exist. Ask for s3:GetObject and s3:ListBucket on the bucket "${at.bucket}", and check the spelling.`,
        zh: `拒绝访问：AWS_ACCESS_KEY_ID 对应的密钥无权读取，或对象不存在。请申请存储桶“${at.bucket}”的 s3:GetObject 和 s3:ListBucket 权限，并检查拼写。`,
      }
    : {
        en: 'Access denied: it is not public, or does not exist. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
        zh: '拒绝访问：对象未公开，或不存在。请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。',
      };

const SKEWED: Explain = ({ ahead }) => {
  const minutes = ahead === undefined ? undefined : Math.round(ahead / 60_000);
  return {
    en: `The clock of this machine differs from the server's${minutes === undefined ? '' : ` by ${Math.abs(minutes)} minutes (it is ${minutes > 0 ? 'slow' : 'fast'})`}. Set it, for example with NTP.`,
    zh: `本机时钟与服务器相差${minutes === undefined ? '过大' : `约 ${Math.abs(minutes)} 分钟（本机偏${minutes > 0 ? '慢' : '快'}）`}。请校准时钟，例如使用 NTP。`,
  };
};

const EXPIRED: Explain = () => ({
  en: 'The session token has expired or is not valid. Get new credentials, and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
  zh: '会话令牌已过期或无效。请获取新的凭证，并设置 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY 和 AWS_SESSION_TOKEN。',
});

const ELSEWHERE: Explain = ({ region }, { bucket }) => ({
  en: `The bucket "${bucket}" is in another region. Set AWS_REGION${region === undefined ? ' to its region' : `=${region}`}.`,
  zh: `存储桶“${bucket}”位于其他区域。请设置 AWS_REGION${region === undefined ? ' 为其所在区域' : `=${region}`}。`,
});

const BY_CODE: Readonly<Record<string, Explain>> = {
  NoSuchBucket: (_, { bucket }, settings) => ({
    en: `There is no bucket "${bucket}" on ${server(settings)}. Check its name, AWS_REGION and AWS_ENDPOINT_URL.`,
    zh: `${server(settings)} 上没有存储桶“${bucket}”。请检查其名称、AWS_REGION 和 AWS_ENDPOINT_URL。`,
  }),
  NoSuchKey: (_, { bucket }) => ({
    en: `There is no such object in the bucket "${bucket}", and no folder of that name. Check the key; upper and lower case differ.`,
    zh: `存储桶“${bucket}”中没有该对象，也没有同名文件夹。请检查键，注意区分大小写。`,
  }),
  AccessDenied: DENIED,
  AllAccessDisabled: DENIED,
  InvalidAccessKeyId: () => ({
    en: 'The server does not know the key in AWS_ACCESS_KEY_ID. Check it, and AWS_SESSION_TOKEN if the key is a temporary one.',
    zh: '服务器不认识 AWS_ACCESS_KEY_ID 中的密钥。请检查它；若为临时密钥，还需检查 AWS_SESSION_TOKEN。',
  }),
  SignatureDoesNotMatch: () => ({
    en: 'The signature does not match: AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID. Set both again.',
    zh: '签名不匹配：AWS_SECRET_ACCESS_KEY 与 AWS_ACCESS_KEY_ID 不对应。请重新设置二者。',
  }),
  RequestTimeTooSkewed: SKEWED,
  RequestExpired: SKEWED,
  ExpiredToken: EXPIRED,
  InvalidToken: EXPIRED,
  PermanentRedirect: ELSEWHERE,
  TemporaryRedirect: ELSEWHERE,
  AuthorizationHeaderMalformed: ELSEWHERE,
  IllegalLocationConstraintException: ELSEWHERE,
  InvalidObjectState: () => ({
    en: 'The object is archived. Restore it first, then read it again.',
    zh: '该对象已归档。请先恢复，再重新读取。',
  }),
};

const BY_STATUS: Readonly<Record<number, string>> = { 403: 'AccessDenied', 404: 'NoSuchKey' };

export function s3Error(failure: S3Failure, at: S3Address, settings: S3Settings): UserError {
  const known =
    BY_CODE[failure.code] ?? (failure.code === '' ? BY_CODE[BY_STATUS[failure.status] ?? ''] : undefined);
  const { code, status, message } = failure;
  const answer = [code || `HTTP ${status}`, message].filter(Boolean).join(': ');
  const text = known?.(failure, at, settings) ?? {
    en: `${server(settings)} refused it (${answer}). ${isPassing(failure) ? 'Try again later.' : 'Check the address and AWS_ENDPOINT_URL.'}`,
    zh: `${server(settings)} 拒绝了请求（${answer}）。${isPassing(failure) ? '请稍后重试。' : '请检查地址和 AWS_ENDPOINT_URL。'}`,
  };
  return new UserError({ en: `${s3Url(at)}: ${text.en}`, zh: `${s3Url(at)}：${text.zh}` });
}

/** Of connections that could not be made or broke off. */
export function connectionError(error: unknown, at: S3Address, settings: S3Settings): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  const what = code ?? message;
  const hint: Localized = /CERT|SIGNED|TLS|SSL/i.test(what)
    ? {
        en: 'Its certificate is not trusted here; name the authority that signed it in NODE_EXTRA_CA_CERTS.',
        zh: '本机不信任其证书；请在 NODE_EXTRA_CA_CERTS 中指定签发机构的证书。',
      }
    : {
        en: 'Check the network, AWS_ENDPOINT_URL and AWS_REGION.',
        zh: '请检查网络、AWS_ENDPOINT_URL 和 AWS_REGION。',
      };
  return new UserError(
    {
      en: `${s3Url(at)}: ${server(settings)} cannot be reached, or broke off (${what}). ${hint.en}`,
      zh: `${s3Url(at)}：无法连接 ${server(settings)}，或连接中断（${what}）。${hint.zh}`,
    },
    { cause: error },
  );
}
