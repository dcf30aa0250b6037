/**
 * What reviews do beside praising and complaining: they ask for something, ask a question, say farewell, name a rival. Told by how people say
 * so, in Chinese and English (app reviews are sorted so by Maalej et al., "On the automatic classification of app reviews", 2016,
 * who find that such rules and a bag of words are near each other).
 */
import { wilsonInterval } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import { asRead } from '../clauses.ts';
import { distinctQuotes, type Evidence } from './evidence.ts';
import type { AnalysisInput } from './input.ts';
import { rivalsIn } from './rival-names.ts';

export const VOICES = ['request', 'question', 'farewell', 'rival'] as const;
export type VoiceKind = (typeof VOICES)[number];

export interface Voice {
  readonly kind: VoiceKind;
  /** Reviews. */
  readonly count: number;
  readonly share: Estimate;
  /** Of rivals: who is named, most often first. */
  readonly names: readonly { readonly name: string; readonly count: number }[];
  readonly evidence: readonly Evidence[];
}

interface Saying {
  readonly says: RegExp;
  /** What looks like it and is none. */
  readonly not?: RegExp;
}

const SAYS: Readonly<Record<Exclude<VoiceKind, 'rival'>, { readonly en: Saying; readonly zh: Saying }>> = {
  request: {
    en: {
      says: /\b(?:please (?:add|fix|make|bring|give|stop|let|allow|consider|include|improve|change)|(?:i|we) (?:really |only |just )?(?:wish|hope|would like|'d like|would love|'d love|would have (?:liked|loved|preferred)) |would(?: also)? be (?:an? )?(?:very |so |really |more )?(?:nice|great|better|good|helpful|convenient|welcome|useful)|could at least|should (?:have an?|add|include|offer|let|allow|provide|be able)|can you (?:please )?(?:add|make)|(?:it|this|they) needs? (?:an? |more |better |to (?:be|have|come|include|offer|support|add|fix|work|stop|improve|get|make|let|allow|change|hire|train)\b)|you (?:guys )?(?:really )?need to (?:add|fix|make|bring|stop|improve|change|hire|train|work on)|wish (?:it|there|they|you) (?:had|were|was|would|could)|could use )/iu,
      not: /\bhope (?:this|that|it) (?:review|help|does(?:n['’]t| not)|lasts?|holds?|keeps?)|\bhelps? you\b|\bgood investment\b|\bhope (?:the|these|they|those|this|that|it) (?:\w+ )?(?:will |to |would )?(?:not )?(?:lasts?|holds?|stays?|keeps?|fits?|works?|wears?)\b|\bneeds? to be (?:seen|read|watched|heard|said|told|believed|experienced|worn|tried|ironed|returned)\b|\bthan (?:it|this|they) needs?\b|\b(?:thought|think|knew|know|figured|expect\w*|sure)\b[^.!?]{0,30}\bwould be\b|\bwould(?: also)? be (?:an? )?(?:\w+ )?(?:nice|great|better|good|helpful|convenient|useful)(?: \w+)? (?:for|on|as|with|under|over|off|to (?:wear|try|see))\b|\bhope (?:that )?(?:i|we|my)\b|\bhope (?:that )?(?:it|this|that|these|those|they) (?:[\w'’]+ ){0,2}(?:go(?:es)? away|looks?|feels?|shrinks?|stretch\w*|wears? out|breaks?|happens?)\b|\bi could use\b|\b(?:than|as) (?:i|we) would\b|\bwould love (?:it|them|this|these)\b|\bwish (?:i|we)(?: had|['’]d) |\bcould use (?:it|this|them|these|that) (?:for|as|with|in|on|to|a lot)\b/iu,
    },
    zh: {
      says: /希望|(?<!不)建议|能不能|能否|可不可以|可否|最好(?:能|是|可以)|(?:要是|如果)[^。!！?？]{1,20}就(?:更|太)?(?:好|完美)了|如果[^。!！?？]{1,20}更好|能(?:多|再|少|快)[^。?？]{1,6}[么吗][?？]|要是能|如果能|如果可以|请(?:多|加|改|把|不要|务必|提供|注意)|(?:应该|下次|以后)(?:要|请|能|可以|多|加|改|提供|有|把)(?!来|吃|点这|买|合适|机会|需要)|望(?:以后|下次|改|店家|商家|贵)|求加|期待(?:改|能|有)|(?:功能|按钮|选项)[^。!！?？]{0,8}去掉吧/u,
      not: /(?:按照?|照着?|根据|听了?)[^，,。!！?？]{0,8}建议|请不要(?:再)?(?:购?买)|希望(?:看者|大家|对大家|一直|继续|保持|还能|下次还|[^，,。!！]{0,6}如初)|建议(?:大家|各位)|建议(?:不要|别)(?:再|在[^，,。!！?？]{1,6})?(?:点|买|订|定|来)/u,
    },
  },
  question: {
    en: {
      says: /^\s*(?:and |so |but )?(?:how|what|why|when|where|which|who|can|could|is|are|does|do|did|will|would|should)\b[^?？]*[?？][.\s]*$/iu,
      not: /\b(?:did i mention|what more|what kind of|what else|who (?:cares|needs|would|wouldn't|knew)|why (?:not|bother|would anyone|on earth)|how (?:hard|dare|can (?:they|you|anyone)|could (?:they|you|anyone)|many times)|are you (?:kidding|serious)|is (?:it|that) (?:too much|asking)|worth it|do (?:they|you) (?:really|even))\b/iu,
    },
    zh: {
      says: /(?:请问|如何|怎么(?:用|办|弄|联系|退|安装|设置|开|充)|什么时候|哪里(?:有|能|可以|买)|多少钱|能不能|有没有|可以[^?？]{1,12}[吗么]|是不是[^?？]{1,12}|会不会[^?？]{1,12})[^?？]{0,8}[?？]\s*$/u,
      not: /难道|怎么吃|至于|有意义|好意思|什么意思|还(?:让|想|能|要|有|怎么)|搞什么|凭什么|不是[^?？]{0,10}吗|[!！]/u,
    },
  },
  farewell: {
    en: {
      says: /\b(?:never (?:again|order|buy|purchas|return|shop|eat|go(?:ing)? back|com(?:e|ing) back|us(?:e|ing) (?:it|this|them) again)\w*|(?:won['’]?t|will not|wouldn['’]?t) (?:be )?(?:order|buy|purchas|com(?:e|ing) back|go(?:ing)? back|return|shop|us(?:e|ing) (?:it|this|them) again)\w*|last time (?:i|we)(?:['’]?ll| will| order| buy)|cancel\w* (?:my|our|the) (?:subscription|account|membership|plan)|uninstall\w*|switch(?:ed|ing) to|tak(?:e|ing) (?:my|our) business|lost (?:a|me as a) customer|do(?:n['’]?t| not) buy|stay away|going elsewhere)\b/iu,
      not: /\bnever go(?:ing)? back to (?:my|an?|the|using)\b|\b(?:almost|usually|normally|typically|would(?:n['’]t| not)? have|rarely or) never\b|\bnever (?:have )?(?:buy|bought|purchased?|order(?:ed)?) (?:more than|any\w* (?:at )?full|clothes|things|at full|full)|\b(?:do(?:n['’]t| not) (?:buy|come) (?:this |it |them )?(?:unless|if))\b|\bstay away from the\b/iu,
    },
    zh: {
      says: /再也不(?!用|必|怕)|再也没|不会再|不再(?:来|买|点|订|定|光顾|用)|再不(?:来|买|点|订|定|从)|最后一次|绝不(?:会)?再|绝对不会|拉黑|黑名单|卸载|退订|换一?家|别买|不要买|永远不(?:会|再|来|点|订|买)|不敢再|(?<!希望)下次不会|(?:以后|下次|今后)(?:肯定|绝对|真|我|都|也|是|的){0,3}(?:不会|不能|不敢|不想|不)(?:是)?(?:再|会|能|敢|想){0,2}(?:在[^，,。!！?？]{1,8})?(?:定|订|买|点|来|叫|光顾|考虑|选择?)(?!到|了?份|单)|还怎么(?:敢|用|让我|来|订|定|点)|(?:大家|千万|建议|劝)[^，,。!！?？]{0,6}(?:不要|别)(?:再|在[^，,。!！?？]{1,6})?(?:点|买|订|定|来|去|选)|没有下次/u,
    },
  },
};

const holds = ({ says, not }: Saying, text: string): boolean =>
  says.test(text) && !(not?.test(text) ?? false);

/** Named by fewer reviews, it may be anything. */
const FEWEST_NAMING = 2;
/** Named by more of them, it is what the file is about. */
const MOST_NAMING = 0.25;

/** By kind, the clauses that do so; and by name of a rival, the reviews that name it. */
export interface VoiceClauses {
  readonly clauses: Readonly<Record<VoiceKind, readonly number[]>>;
  readonly rivals: ReadonlyMap<string, ReadonlySet<number>>;
}

export function voiceClauses({
  reviews,
  clauses,
  clauseSentiment,
}: Pick<AnalysisInput, 'reviews' | 'clauses' | 'clauseSentiment'>): VoiceClauses {
  const found: Record<VoiceKind, number[]> = { request: [], question: [], farewell: [], rival: [] };
  const naming = new Map<string, Set<number>>();
  const named = new Map<number, string[]>();
  for (const [i, { text: written, review }] of clauses.entries()) {
    const { language, text } = asRead(written);
    for (const kind of ['request', 'question', 'farewell'] as const) {
      // A question that complains is asked of nobody.
      if (kind === 'question' && clauseSentiment && clauseSentiment[i]!.polarity !== 'neutral') continue;
      if (holds(SAYS[kind][language], text)) found[kind].push(i);
    }
    const rivals = rivalsIn(text, language);
    if (rivals.length > 0) named.set(i, rivals);
    for (const name of rivals) naming.set(name, (naming.get(name) ?? new Set()).add(review));
  }
  const rivals = new Map(
    [...naming].filter(
      ([, { size }]) =>
        size >= FEWEST_NAMING && size <= Math.max(FEWEST_NAMING, MOST_NAMING * reviews.length),
    ),
  );
  found.rival = [...named].filter(([, names]) => names.some((name) => rivals.has(name))).map(([i]) => i);
  return { clauses: found, rivals };
}

export function voicesOf(input: AnalysisInput): Voice[] {
  const { clauses, reviews } = input;
  const { clauses: found, rivals } = voiceClauses(input);
  return VOICES.flatMap((kind): Voice[] => {
    const own = found[kind];
    const of = new Set(own.map((i) => clauses[i]!.review));
    if (of.size === 0) return [];
    return [
      {
        kind,
        count: of.size,
        share: { value: of.size / reviews.length, interval: wilsonInterval(of.size, reviews.length) },
        names:
          kind === 'rival'
            ? [...rivals]
                .map(([name, { size }]) => ({ name, count: size }))
                .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
                .slice(0, 8)
            : [],
        evidence: distinctQuotes(readableFirst(own, input), clauses, reviews),
      },
    ];
  });
}

function readableFirst(own: readonly number[], { clauses }: AnalysisInput): number[] {
  const isReadable = (i: number) => Number(clauses[i]!.text.length >= 8 && clauses[i]!.text.length <= 120);
  return [...own].sort((a, b) => isReadable(b) - isReadable(a) || a - b);
}
