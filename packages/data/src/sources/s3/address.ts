/** Where an S3 address leads: `s3://bucket/key`, the key literally as it is, without percent-encoding. */
import { UserError } from '@gradus/base';

export interface S3Address {
  readonly bucket: string;
  /** May be empty, end with `/`, or hold wildcards. */
  readonly key: string;
}

export const isS3 = (address: string): boolean => /^s3:\/\//i.test(address);

const BUCKET = /^[a-z0-9][\w.-]{1,254}$/i;
/** Bytes; a rule of S3. */
const LONGEST_KEY = 1024;

/** @throws UserError that does not repeat an address which may hold a secret */
export function parseS3Address(address: string): S3Address {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  if (/[@:]/.test(bucket)) {
    throw new UserError({
      en: 'An s3:// address holds no keys or ports. Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a server of your own, AWS_ENDPOINT_URL; expected s3://bucket/key.',
      zh: 's3:// 地址中不能包含密钥或端口。请设置 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY，自建服务器再设置 AWS_ENDPOINT_URL；地址格式为 s3://bucket/key。',
    });
  }
  if (!BUCKET.test(bucket)) {
    throw new UserError({
      en: `${address}: ${bucket === '' ? 'the bucket is missing' : `"${bucket}" cannot be the name of a bucket`}. Expected s3://bucket/key.`,
      zh: `${address}：${bucket === '' ? '缺少存储桶名' : `“${bucket}”不是有效的存储桶名`}。地址格式为 s3://bucket/key。`,
    });
  }
  if (Buffer.byteLength(key) > LONGEST_KEY) {
    throw new UserError({
      en: `s3://${bucket}/…: the key has over ${LONGEST_KEY} bytes; no object has such a key.`,
      zh: `s3://${bucket}/…：键超过 ${LONGEST_KEY} 字节，不存在这样的对象。`,
    });
  }
  return { bucket, key };
}

export const s3Url = ({ bucket, key }: S3Address): string => `s3://${bucket}/${key}`;
