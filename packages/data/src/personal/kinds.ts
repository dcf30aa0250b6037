/**
 * What counts as personal data here: whatever names, reaches or places a person, or lets somebody act in their name
 * (GDPR Art. 4(1); 中华人民共和国个人信息保护法 第四条). Each kind has a tag in both languages, which stands for it where it is
 * removed.
 */
export const PERSONAL_KINDS = [
  'name',
  'phone',
  'email',
  'id',
  'passport',
  'card',
  'address',
  'birth date',
  'account',
  'plate',
  'ip',
  'secret',
] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

export const KIND_NAMES: Readonly<Record<PersonalKind, { readonly en: string; readonly zh: string }>> = {
  name: { en: 'name', zh: '姓名' },
  phone: { en: 'phone', zh: '电话' },
  email: { en: 'email', zh: '邮箱' },
  id: { en: 'id', zh: '证件号' },
  passport: { en: 'passport', zh: '护照号' },
  card: { en: 'card', zh: '银行卡号' },
  address: { en: 'address', zh: '地址' },
  'birth date': { en: 'birth date', zh: '出生日期' },
  account: { en: 'account', zh: '账号' },
  plate: { en: 'plate', zh: '车牌号' },
  ip: { en: 'ip', zh: 'IP地址' },
  secret: { en: 'secret', zh: '密钥' },
};

/** Where personal data stands in a text. */
export interface PersonalSpan {
  readonly kind: PersonalKind;
  /** In UTF-16 units; the end is the first after it. */
  readonly start: number;
  readonly end: number;
  /** From 0 to 1: 0.9 and more with a checksum or a word beside it that says so, about 0.6 by the shape alone. */
  readonly confidence: number;
}

/** Finds one kind in text whose digits and letters are of plain width (`halfWidth`). */
export interface Detector {
  readonly kind: PersonalKind;
  find(text: string): Iterable<Omit<PersonalSpan, 'kind'>>;
}
