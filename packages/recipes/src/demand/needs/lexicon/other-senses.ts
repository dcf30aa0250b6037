/**
 * Phrases in which the words of the lexicons mean something else. Kept as lines of a regular expression: they are many, and each is a few words.
 */
const phrases = (...lines: readonly string[]): RegExp => new RegExp(lines.join('|'), 'gu');

/** Chinese words in which characters of a lexicon mean something else. */
export const NEITHER_ZH = phrases(
  '方方面面|度假|放假|请假|休假|假期|假日|退房|不理想|糊掉了|破(?=商家|店|酒店|宾馆|地方|公司|玩意|东西)|洗(?:完|了|过|好|后|一次|几次)*(?:头发?|澡|脸|手)|小的时候|小时候',
  '小事|(?<![在直我们你再要久干白还就都得让苦死们])等(?=[，,。;；、）)]|企业|地方|$)|关机(?=闹钟|键|时|后|重启|状态)|开关机',
  '(?<=[洗护用吹染烫对油干中性长短]|洗[完了过好])头发|头发(?=[掉干油很变特柔顺也都越洗毛分叉的]|有头皮)|等(?:用|吃|穿|看|收到|试)[^，,。]{0,4}再|差不多|差点|差异',
  '出差|时差|温差|不断|一般都|一般来说|香菜|香肠|香菇|香蕉|破费|慢慢|多少|不少|至少|很多|好多|好像|好几|只好|方便面|凉皮|凉面|凉菜|冷饮|冷面|快餐|年轻|轻松|重新|重要|严重',
  '尽量|大量|质量|商量|方面|对面|里面|外面|上面|下面|见面|紧张|赶紧|要紧|不足为|不足以|美中不足|(?:期望|期望值|要求|期待)[不太过]?[太过]?高|饿坏|累坏|气坏|吓坏|急坏',
  '不过如此|特价|评价|可以说|一般情况|天冷|天凉|着凉|冷天|天气(?:太|很|好|变)?[冷凉热]|个?(?:半|多)?(?:小时|钟头)就|分钟就',
  '(?:怕|担心|以免|免得)(?:会|吃了)?(?:拉肚子|肚子疼|肚子痛|过敏|胃疼)|(?:胃疼|过敏|拉肚子)(?:不能|不敢|的人)|不通顺|多好|多么|不通风|差[了得的]?[很太好]远',
  '(?:唯一|有[点些]|美中|稍|略|最大)[^，,。]{0,3}不足|不足(?:之处|的?(?:是|在于|就是|地方)|[:：])',
  String.raw`值得(?=\p{Script=Han})(?!这个|这价|那个|了)|实在(?=比)|[扔丢倒吃卖关挂退忘用花喝洗拆换冷凉泡]掉了|几分不快|安全套|安全模式|拖[着鞋地把]`,
  String.raw`(?:正好|刚好)(?=[^的了吧，,。.！!…~～\s])|(?:步行|走路|开车|打车|车程)[^，,。]{0,5}?(?:分钟|小时|钟头)|每隔[^，,。]{0,4}(?:分钟|小时)`,
  '分钟[之以]?后(?![^，,。]*[送到才来])|实在(?=[是太不难没让无受忍很需要想看找]|有[点些])',
);

/** Likewise: the weather is no meal's, a collar that lies flat deceives nobody, and a time after which something happens is no delay, unless something was to come. */
export const NEITHER_EN = phrases(
  String.raw`\b(?:to be|let['’]?s be|be|being) (?:totally |completely )?honest\b|\bhonestly\b`,
  String.raw`\b(?:i|you|we|they|boy) (?:was|were|am|are)(?: i)? (?:so |totally |completely |very )*wrong\b`,
  String.raw`\bwas i (?:so )?wrong\b|\bwrong!|\bi(?: almost)? forg[eo]t\w*`,
  String.raw`\b(?:family|kid|child|user|budget|wallet|eco|environment\w*|bra|breastfeeding|nursing|dog|pet|beginner|work|office|travel|summer|figure|necklace)[ -]friendly\b`,
  String.raw`\b(?:look\w*|more|very|still) (?:very |more |so )?professional\b`,
  String.raw`\bprofessional (?:look|attire|wear|setting|enough)\b|\bdusty (?:rose|blue|pink|purple|green)\b`,
  String.raw`\bhair salon\b|\bstain remover\b|\bof late\b`,
  String.raw`\b(?:\w+[ -]){1,3}(?:hours?|days?|weeks?|months?|minutes?) (?:ago|old|of (?:use|battery|work))\b`,
  String.raw`\bthese days\b`,
  String.raw`\b(?:wish|should|glad|can(?:no|['’])t|couldn['’]?t|cannot|worth the) (?:\w+['’]?\w* ){0,3}?wait(?:ed|ing)?\b`,
  String.raw`\bwait(?:ed|ing)? (?:to (?:buy|wear|see|try|get|use)|until (?:it|they))\b|\bkeep (?:this|it) short\b`,
  String.raw`\bshort and sweet\b`,
  String.raw`\bhuge (?:fan|lover|difference|mistake|turn-?off|disappointment|improvement|plus|issue|problem|deal|relief|help|waste)\w*\b`,
  String.raw`\blate[ -](?:'?\d{2,4}s\b|teens|twenties|thirties|forties|fifties|spring|summer|fall|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december|night|evening|afternoon|morning)`,
  String.raw`\bdry[ -]?clean\w*|\bclean[ -](?:lines?|cut|look|feel|design|and (?:classic|simple|modern|crisp))\b`,
  String.raw`\b(?:all|in all) (?:the )?wrong\b|\bmy (?:own )?mistake\b|\bwrong (?:places?|spots?)\b`,
  String.raw`\blies? flat\b|\b(?:one of a |in )?kinds? of\b|\bof a kind\b|\bsome kinda?\b`,
  String.raw`\b(?:can['’]?t|cannot|couldn['’]?t|never) go wrong\b|\bnothing (?:is )?wrong\b`,
  String.raw`\bwork(?:s|ed|ing)? (?:out )?(?:\w+ ){0,2}?(?:for|on) (?:me|my|her|us|him)\b`,
  String.raw`\bhangs? (?:\w+ ){0,2}?(?:beautifully|nicely|well|better|funny|weird|strange\w*|odd\w*|off|on|down|low|loose\w*|straight|over|away|from|in|out)\b`,
  String.raw`\bworth \w+ing\b|\btear-?jerk\w*|\bwant(?:ed|ing)? to (?:love|like)\b`,
  String.raw`\b(?:when|if|while|as|once) it(?:['’]s| is| was| gets| got| turns) (?:too |so |very |really )?(?:cold|chilly|freezing)\b`,
  String.raw`\bcold (?:weather|outside|outdoors|days?|nights?|winters?|months|climates?|seasons?)\b`,
  String.raw`\bin the cold\b`,
  String.raw`\blight (?:mint|blue|green|pink|gr[ae]y|brown|tan|purple|yellow|colou?r\w*|eyes|hair)\b`,
  String.raw`\btop heavy\b|\bheavy (?:looking|chest\w*)\b`,
);

/** What names no need: bodies, the reviewer's own work, the dye of jeans, and a box that something is taken out of. */
export const NO_NAMES_EN = phrases(
  String.raw`\bbelly button\b`,
  String.raw`\b(?:out of|open\w*|receiv\w+|got) (?:the|my|its|this|a) (?:box|packag\w+|packing)\b`,
  String.raw`\bpack\w* (?:it|them) (?:up|back)\b`,
  String.raw`\bi['’]?(?:m| am|ve been) an? (?:\w+ )?(?:teacher|employee|nurse|doctor|driver|manager|trainer)\b`,
  String.raw`\bdriver['’]?s seat\b`,
  String.raw`\bi(?:['’]?m| am|['’]?ve| have| was)(?: \S+){0,5}? (?:petite|torso|build|frame|hips?|bust|legs|arms|shoulders|waist|thighs|calves)\b`,
  String.raw`\b\d+["”]? ?(?:hips?|waist|bust|inseam)\b`,
  String.raw`\bmy (?:\w+ ){0,2}(?:torso|hips|bust|legs|arms|shoulders|waist|thighs|calves)\b`,
  String.raw`^(?:\W|and|with)*(?:short|long|broad|narrow|wide|big|large|small|athletic) (?:legs|arms|torso|shoulders|hips|waist|bust|build)\W*$`,
  String.raw`\bwash(?:es|ed|ing)? (?:me|you|us|her) out\b|\bwashed[ -]out\b`,
  String.raw`\b(?:dark|light|gr[ae]y|medium|darker|lighter|indigo|denim|blue|this|the) wash(?:es)?\b(?! (?:it|them|cycle|instructions))`,
  String.raw`\b(?:body|hourglass|pear|my|your|in good|in great) (?:body )?shapes?\b`,
  String.raw`\b(?:amount of|much|enough|arch|back|bra|breast|lumbar) support\b|\bsupport (?:with|my|for my)\b`,
  String.raw`\b(?:art|math|school|yoga|fellow) teachers?\b|\b(?:as|being) an? (?:\w+ )?(?:teacher|employee)\b`,
  String.raw`\b(?:good|right|great|perfect|better|personal|wise|my|only|first|second|obvious) choice\b`,
);
