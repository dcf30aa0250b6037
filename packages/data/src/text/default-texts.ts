/**
 * Texts that nobody wrote: what a shop, a map or a survey tool puts where a customer left the text empty. They say nothing, however
 * many they are, and a 系统默认好评 ("praise by default") is no praise.
 */
import { isNoAnswer } from './no-answer.ts';

const CUSTOMER = '(?:此|该|本)?(?:用户|买家|顾客|客户|会员|评价方|评价人|消费者|网友|作者|住客)';
const TEXT = '(?:文字|任何|具体|评价|评论|点评|内容|反馈|文本|信息|的)*';
const WRITER =
  '(?:(?:the|this|that|a) )?(?:user|buyer|customer|reviewer|guest|shopper|member|client|author|person)';
const REMARKS =
  '(?:(?:a|any|any written|written|text|further|additional|detailed|other|review|comment) )*(?:comments?|reviews?|feedback|text|remarks?|message|description|content|details?)';
const LEFT =
  '(?:write|written|wrote|leave|left|provide|provided|give|given|add|added|enter|entered|submit|submitted|post|posted)';

/** Whole texts, without what stands at their ends. */
const FORMS: readonly RegExp[] = [
  // 此用户没有填写评价, with or without 系统默认好评; 用户未及时做出评价,系统默认好评!
  new RegExp(
    `^${CUSTOMER}?(?:很懒)?,?(?:什么都)?(?:没有?|未|未能)(?:及时|在规定时间内|主动)?(?:填写|写下|写|留下|给出|做出|作出|发表|输入|进行|提供|撰写|评价|评论|点评)?(?:了)?${TEXT}(?:[,.;。 ]*(?:系统|平台)?(?:自动|默认|超时)+(?:给出|给予|为|的)?(?:好评|评价|五星好评|5星好评|五星|5星|满分))?$`,
    'u',
  ),
  /^(?:系统|平台|超时|到期|默认|自动|未评价)*(?:系统|平台|默认|自动|超时)(?:系统|平台|默认|自动|给出|给予)*(?:好评|评价|五星好评|5星好评|五星|5星)$/u,
  /^(?:暂无|没有|无|暂时没有|尚无|还没有)(?:文字|任何)?(?:评价|评论|点评|内容|反馈)(?:内容)?$/u,
  new RegExp(
    `^${WRITER}(?:'s)? (?:did not|didn't|has not|hasn't|have not|haven't|does not|doesn't) ${LEFT} ${REMARKS}(?:,? (?:and|but) (?:has |they )?(?:only |just )?left (?:just |only )?a rating| (?:for|about|on|in) .{1,40})?$`,
    'u',
  ),
  new RegExp(`^${WRITER} (?:has )?(?:left|gave|provided) (?:no ${REMARKS}|(?:just|only) a rating)$`, 'u'),
  new RegExp(`^(?:no|without|empty) ${REMARKS}(?: (?:${LEFT}|available|yet|from the customer))*$`, 'u'),
  new RegExp(`^(?:rating|stars) only(?:,? no ${REMARKS})?$`, 'u'),
  /^(?:this )?(?:review|comment|text|content|message) (?:was |has been |is )?(?:removed|deleted|hidden|not available|unavailable)(?: by .{1,40})?$/u,
  /^(?:removed|deleted|redacted|comment removed|moderated)$/u,
  // eBay, Etsy and the like leave feedback by themselves.
  /^(?:order completed successfully|automatic(?:ally)? (?:generated )?(?:positive )?(?:feedback|review)(?: from .{1,30})?)(?: ?[-—–] ?.{0,40})?$/u,
  /^(?:el (?:usuario|cliente|comprador) no (?:ha )?(?:dejado|escrito|dejó|escribió) (?:ningún )?(?:comentario|opinión|reseña)s?|sin comentarios?)$/u,
  /^(?:l'utilisateur n'a pas laissé de commentaire|sans commentaire|kein kommentar|kein text|sem comentários?|nessun commento)$/u,
];

/** Whether nobody wrote the text. @param text Cleaned */
export function isDefaultText(text: string): boolean {
  if (text.length > LONGEST) return false;
  const plain = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, '');
  return plain === '' ? false : isNoAnswer(plain) || FORMS.some((form) => form.test(plain));
}

const LONGEST = 120;
