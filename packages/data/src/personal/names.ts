/**
 * Names of people. In running text a Chinese name looks like any two or three characters, and an English one like any
 * words with capitals; so a word beside it has to say so (我叫, 先生, "my name is", Mr.), or its first word has to be a
 * given name. Whole columns are recognized by the fraction of cells that have a name's shape (`looksLikeName`).
 */
import type { Detector } from './kinds.ts';
import { matches } from './matches.ts';
import { COMPOUND_SURNAMES, GIVEN_NAMES, SURNAMES } from './name-lists.ts';
import { findSaidNames } from './said-names.ts';

const HAN = String.raw`\p{Script=Han}`;
const LABEL =
  '姓名|名字|联系人|收件人|收货人|收款人|付款人|持卡人|患者|客户姓名|负责人|经办人|申请人|法人代表|法定代表人|户主|寄件人|发件人|聯絡人|聯繫人|收貨人|客戶姓名|負責人|戶主';
const INTRODUCED = new RegExp(
  String.raw`(?:(?:${LABEL})(?:\s*[:：是为]\s*|\s+)|我叫|我是|名叫|我的名字是|本人)(?<it>[${HAN}]{2,4})(?![${HAN}])`,
  'dgu',
);
const INTRODUCED_LOOSELY = new RegExp(
  String.raw`(?:(?:${LABEL})\s*[:：]\s*|我叫|名叫)(?<it>[${HAN}]{2,3}?)(?=[，,。；;、！!的和与及电手]|$)`,
  'dgu',
);
/** Names of other peoples of China: 买买提·吐尔逊. */
const DOTTED = new RegExp(
  String.raw`(?:(?:${LABEL})(?:\s*[:：是为]\s*|\s+)|我叫|本人)(?<it>[${HAN}]{2,6}(?:[·•‧][${HAN}]{2,6}){1,3})(?![${HAN}])`,
  'dgu',
);
const FAMILY = /(?:我|本人|免贵|免貴)姓(?<it>\p{Script=Han}{1,2})(?!\p{Script=Han})/dgu;
const TITLED = new RegExp(
  `(?<![${HAN}])(?:请?找|联系|致电|感谢|谢谢|尊敬的|亲爱的|发给|交给|转给|寄给|告诉)?(?<it>[${HAN}]{1,4}?)(?:先生|女士|小姐|老师|医生|大夫|经理|主任|教授)`,
  'dgu',
);
/** Characters that are family names too, but before a title mostly something else. */
const NO_FAMILY = /^(?:和|于|成|向|单|都|全|时|从|有|关于|空|万|相|车|简|曲|司|应)/;

const CAPITALIZED = `[A-Z][a-z’']+(?:-[A-Z][a-z]+)?`;
const FULL = String.raw`${CAPITALIZED}(?:\s(?:[A-Z]\.|(?:van|von|de|da|del|bin|al|O’|O')\s?(?=[A-Z]))){0,2}(?:\s(?:Mc|Mac|O['’])?${CAPITALIZED}){1,2}`;
const SAYS_SO = new RegExp(
  String.raw`(?:\b[Mm]y name(?: is|['’]s)|\b[Tt]his is|\b[Nn]amed|\b(?:[Cc]ontact|[Cc]ustomer|[Rr]ecipient|[Pp]atient|[Cc]ardholder|[Ff]ull|[Aa]ccount) [Nn]ame:?|\b[Nn]ame:|\b[Cc]ustomer:|\b[Rr]ecipient:|\b[Pp]atient:|\b[Aa]ttn:?|\b[Ss]igned,?)\s+(?<it>(?:${FULL})|${CAPITALIZED})(?![\w])`,
  'dg',
);
const HONORIFIC = new RegExp(
  String.raw`\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+(?<it>(?:${FULL})|(?:Mc|Mac|O['’])?${CAPITALIZED})(?![\w])`,
  'dg',
);
const GIVEN_AND_FAMILY = new RegExp(String.raw`(?<![\w])(?<it>${FULL})(?![\w])`, 'dg');
/** Words that follow "this is" and begin a name's place with a capital, and are none. */
const NO_NAMES =
  /^(?:The|This|That|My|Your|Our|It|A|An|Not|Very|Just|Please|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December|English|American|British|Chinese|Hi|Hello|Hey|Thanks?|Sure|Yes|No|Oh|Okay|Ok|Well|How|What|Why|When|Where|Can|Could|Would|Great|Good|Sorry|Yeah|We|You|If|In|For|Relationship)\b/;

/** Words that begin with a character that is a family name too. */
const WORDS =
  /^(?:顾客|高兴|高端|高级|高中|方便|方法|万一|许多|于是|和|成功|时间|安全|单位|单身|关于|向|全部|全国|金额|金融|平安|平时|温柔|房东|房子|路人|路过|石油|水果|常客|常见|毛病|马上|马路|牛肉|黄金|黄色|白色|白天|花了|文化|文字|项目|车主|司机|司法|简单|别人|左右|强烈|钱包|党员|学生|华为|范围|商家|商户|商铺|商店|商人|路痴|荣誉|万分|万三|万五|常用|施工|武警|金牌|白领|白痴|马虎|孔雀|江西|江苏|云南|余额|应该|相关|章节|梅花|米饭|汤水|鱼|曲折|周末|周一|周二|周三|周四|周五|周六|周日|何时|何必|谷歌|谢谢|广州|广告|祝你)/;

/** Two to four characters, the first of them a family name. */
export function looksLikeChineseName(text: string): boolean {
  if (!/^\p{Script=Han}{2,4}$/u.test(text) || WORDS.test(text)) return false;
  const characters = [...text];
  if (COMPOUND_SURNAMES.has(text.slice(0, 2))) return characters.length > 2;
  return characters.length < 4 && SURNAMES.has(characters[0]!);
}

const WESTERN = new RegExp(`^(?:(?:Mr|Mrs|Ms|Dr)\\.? )?${FULL}(?:,? (?:Jr|Sr|II|III)\\.?)?$`);
const FAMILY_FIRST = /^[A-Z][A-Za-z'’-]+, [A-Z][A-Za-z'’. -]+$/;

/** JOHN SMITH, as exports write it, as John Smith. */
const titleCase = (text: string): string =>
  /\p{Ll}/u.test(text) ? text : text.replace(/\p{Lu}+/gu, (word) => word[0]! + word.slice(1).toLowerCase());

/** Words with capitals, one of the first a common given name. */
export function looksLikeWesternName(text: string): boolean {
  const written = titleCase(text);
  if (!WESTERN.test(written) && !FAMILY_FIRST.test(written)) return false;
  return text.split(/[\s,]+/).some((word) => GIVEN_NAMES.has(word.toLowerCase()));
}

export const names: Detector = {
  kind: 'name',
  *find(text) {
    if (/\p{Script=Han}/u.test(text)) {
      const named = (match: string) => (looksLikeChineseName(match) ? 0.9 : 0);
      yield* matches(text, INTRODUCED, named);
      yield* matches(text, INTRODUCED_LOOSELY, named);
      yield* matches(text, DOTTED, 0.9);
      yield* matches(text, FAMILY, (match) =>
        SURNAMES.has(match) || COMPOUND_SURNAMES.has(match) ? 0.8 : 0,
      );
      yield* matches(text, TITLED, (match) => {
        if (NO_FAMILY.test(match)) return 0;
        return looksLikeChineseName(match) ? 0.7 : SURNAMES.has(match) ? 0.55 : 0;
      });
    }
    yield* findSaidNames(text);
    if (!/[A-Z][a-z]/.test(text)) return;
    yield* matches(text, SAYS_SO, (match, { 0: all }) => {
      if (NO_NAMES.test(match)) return 0;
      // "This is Great" is no name; "this is Sarah" is.
      const sure = !/^this is/i.test(all) || GIVEN_NAMES.has(match.split(' ')[0]!.toLowerCase());
      return sure ? 0.85 : 0;
    });
    yield* matches(text, HONORIFIC, (match) => (NO_NAMES.test(match) ? 0 : 0.9));
    yield* matches(text, GIVEN_AND_FAMILY, (match) =>
      GIVEN_NAMES.has(match.split(/\s/)[0]!.toLowerCase()) ? 0.6 : 0,
    );
  },
};
