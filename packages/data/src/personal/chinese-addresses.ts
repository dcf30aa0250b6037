/**
 * Chinese postal addresses, from the large to the small: 省 市 区 镇 路 号 栋 单元 室. What makes an address is the number of a house
 * on a road, of a building or flat in an estate, or of a group in a village; the places before it belong to it.
 */
const HAN = String.raw`\p{Script=Han}`;
const NUMERALS = '一二三四五六七八九十百零〇';
/** 道 is a road in Hong Kong and Taiwan, and the end of many other words. */
const ROAD = `大道|路|街|巷|胡同|弄|里弄|(?<![知味频頻报報渠轨軌管赛賽跑车車通難难說说公得街地隧取航铁鐵河水索栈])道`;
const ESTATE =
  '小区|小區|社区|社區|新村|花园|花園|家园|家園|公寓|大厦|大廈|大楼|广场|廣場|山庄|别墅|宿舍|公馆|工业园|产业园|村|屯|苑|邨|园|里|庭|府|城|湾|居';
/** A part of an estate: 北一区, 二期, B区. */
const ZONE = `(?:[${NUMERALS}东西南北中\\dA-Z]{1,3}(?:区|區|期|院|里|组团))`;
/** 16座大桥 are counted, and no building's name. */
const BLOCK = '座(?![车車旧舊桥橋大小塔山城建古寺庙站])';
const HOUSE = String.raw`\d{1,5}(?:-\d{1,4})? ?(?:[号號][楼樓院]?|弄|栋|棟|幢|${BLOCK}|单元|單元)`;
/** 3-2-501: building, stair, flat. */
const DASHED = String.raw`\d{1,3}[-–]\d{1,2}[-–]\d{3,4}(?!\d)`;
const HAN_HOUSE = `[${NUMERALS}]{1,5}(?:[号號][楼樓院]|栋|棟|幢|单元|單元)`;
const FLAT = String.raw`(?:[ ,，]?(?:[A-Za-z]|\d{1,5}(?:-\d{1,4})?|[${NUMERALS}]{1,5}) ?(?:[号號][楼樓院]?|栋|棟|幢|座|单元|單元|楼|樓|层|層|室|房|户|戶))`;
const TAIL = String.raw`(?:[${HAN}A-Za-z]{0,8}?${FLAT}){0,4}(?:[ -]?\d{3,4}(?![\d\w]))?`;
const NAME = String.raw`(?<name>[${HAN}\dA-Za-z]{1,12}?)`;

/** A road's name may hold a number of Han or Arabic digits: 建国路, 长江1路. */
const CORES = [
  `${NAME}(?:${ROAD})(?:[${HAN}]{0,3}) ?(?:${HOUSE})${TAIL}`,
  `${NAME}(?:${ESTATE})${ZONE}?(?:[${HAN}]{0,3}) ?(?:${HOUSE}|${HAN_HOUSE}|${DASHED})${TAIL}`,
  // Where buildings have no 号: 望京西园四区410楼.
  String.raw`${NAME}(?:${ESTATE})${ZONE} ?\d{1,4}[楼樓]${TAIL}`,
  String.raw`(?<name>[${HAN}]{1,16}?)(?:村|屯|庄|寨) ?(?:[\d${NUMERALS}]{1,3})(?:组|組|队|隊|社)(?: ?\d{1,4}[号號]?)?`,
].map((core) => new RegExp(core, 'dgu'));

/** Where one stands the address begins. */
const PROVINCE =
  /北京|上海|天津|重庆|重慶|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|台灣|[台臺]北|新北|[台臺]中|[台臺]南|高雄|桃[园園]|内蒙古|广西|西藏|宁夏|新疆|香港|九[龙龍]|新界|澳门|澳門/;
/** All that is said before, up to the clause in which the address stands; what has a tag in its place is said before. */
const CLAUSE = /^(?:.*(?:[。；;！!？?，,\]]|位于|购入|[地住现]址[为是]?|住在|送[到至]|寄[到至往]))?/su;
/** What ends before the address begins. */
const LEAD_IN =
  /^.*(?:改成|改为|改到|换成|换到|地址|住址|住在|家在|我住|位于|送到|寄到|寄往|送至|寄至|在|到|是|于|往|至|[\s,，。！？；;:：])/u;
const PLACES = new RegExp(
  String.raw`(?:[${HAN}]{2,8}(?:省|自治区|特别行政区))?\s?(?:[${HAN}]{1,7}(?:市|自治州|地区|盟))?\s?(?:[${HAN}]{1,7}(?:区|區|县|縣|旗))?\s?(?:[${HAN}]{1,8}(?:街道|镇|鎮|乡|鄉))?\s?$`,
  'u',
);
const LARGER = /[省市区區县縣镇鎮乡鄉]/;

/** Each with its confidence: where a larger place is named too, it is surer. */
export function* findChineseAddresses(
  text: string,
): Generator<{ start: number; end: number; confidence: number }> {
  if (!/[号號弄栋棟幢座元楼樓组組队隊社室]|\d[-–]\d{1,2}[-–]\d{3}/.test(text)) return;
  for (const core of CORES) {
    for (const match of text.matchAll(core) as Iterable<RegExpExecArray>) {
      const end = match.index + match[0].length;
      const from = Math.max(0, match.index - 30);
      const nameEnd = match.indices!.groups!.name![1];
      // The core's own name takes what is before it, as far as it reaches; the places may go on further left.
      const before = text.slice(from, nameEnd);
      const places = PLACES.exec(text.slice(from, match.index))?.[0] ?? '';
      const reach = match.index - places.length;
      const lead = LEAD_IN.exec(before)?.[0].length ?? 0;
      const clause = from + CLAUSE.exec(text.slice(from, nameEnd))![0].length;
      const province = provinceIn(text, clause, nameEnd, end);
      const start = province ?? Math.max(reach, from + lead);
      if (start >= nameEnd) continue;
      yield { start, end, confidence: LARGER.test(text.slice(start, end)) ? 0.92 : 0.65 };
    }
  }
}

/** Where the address begins with its province; of several lines the last that names one: those before may say other things. */
function provinceIn(text: string, clause: number, nameEnd: number, end: number): number | undefined {
  const line = Math.max(clause, text.lastIndexOf('\n', nameEnd - 1) + 1);
  for (const from of [line, clause]) {
    const found = PROVINCE.exec(text.slice(from, end));
    if (found) return from + found.index;
  }
  return undefined;
}
