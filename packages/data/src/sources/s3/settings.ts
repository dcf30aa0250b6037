/**
 * Which S3 server, and as whom: the environment variables that the AWS command line and SDKs read
 * (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html). Without keys, requests are not signed, which is
 * enough for public buckets.
 */
import { UserError } from '@gradus/base';

export interface S3Settings {
  /** A server of one's own; absent for Amazon's. */
  readonly endpoint?: URL;
  readonly region: string;
  readonly credentials?: S3Credentials;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** @throws UserError that names the variable and never its secret */
export function s3Settings(env: Readonly<Record<string, string | undefined>> = process.env): S3Settings {
  const value = (name: string) => env[name]?.trim() || undefined;
  const region = value('AWS_REGION') ?? value('AWS_DEFAULT_REGION') ?? 'us-east-1';
  if (!/^[a-z0-9-]{1,64}$/.test(region)) {
    throw new UserError({
      en: `AWS_REGION is "${region}"; expected a region such as eu-west-1 or cn-north-1.`,
      zh: `AWS_REGION 的值是“${region}”；应为区域名，例如 eu-west-1 或 cn-north-1。`,
    });
  }
  const endpoint = value('AWS_ENDPOINT_URL_S3') ?? value('AWS_ENDPOINT_URL');
  const [accessKeyId, secretAccessKey] = [value('AWS_ACCESS_KEY_ID'), value('AWS_SECRET_ACCESS_KEY')];
  const sessionToken = value('AWS_SESSION_TOKEN');
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const missing = accessKeyId === undefined ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY';
    throw new UserError({
      en: `${missing} is not set, its counterpart is. Set both, or neither for a public bucket.`,
      zh: `未设置 ${missing}，而另一个密钥变量已设置。请两个都设置；公开的存储桶则都不设置。`,
    });
  }
  return {
    region,
    ...(endpoint !== undefined && { endpoint: endpointUrl(endpoint) }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}

function endpointUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  // Not the text itself: it may hold a password.
  throw new UserError({
    en: 'AWS_ENDPOINT_URL is no address of a server. Expected one such as https://minio.example.com:9000, without user and password.',
    zh: 'AWS_ENDPOINT_URL 不是服务器地址。应为 https://minio.example.com:9000 这样的形式，不含用户名和密码。',
  });
}
