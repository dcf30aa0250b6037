/** A server that somebody names by its URL, with the model behind `#`: `http://localhost:8080/v1#MODEL`. */
import { UserError } from '@gradus/base';
import { KEY_VARIABLE } from './chat-client.ts';

export interface ServerPlace {
  /** Without the model. */
  readonly url: URL;
  /** '' where none is named. */
  readonly model: string;
  /** Of the environment. */
  readonly key: string | undefined;
}

/** @throws UserError where a key stands in the URL */
export function serverPlace(place: string): ServerPlace {
  const url = new URL(place);
  const model = decodeURIComponent(url.hash.slice(1));
  url.hash = '';
  if (url.username !== '' || url.password !== '') {
    throw new UserError({
      en: `a key does not belong into the URL, which is written into the run: put it into the variable ${KEY_VARIABLE}`,
      zh: `请勿把密钥写在 URL 中，URL 会记录在运行里：请放入环境变量 ${KEY_VARIABLE}`,
    });
  }
  return { url, model, key: process.env[KEY_VARIABLE] };
}
