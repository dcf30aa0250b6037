/** What tables write where nobody answered: N/A, a dash, "prefer not to say", 未评分. */

const WORDS = new Set(
  [
    'n/a na #n/a #value! nan null none nil undefined missing blank empty unknown unrated skipped skip refused dk ka n.a. k.a.',
    'nicht beantwortet|keine angabe|weiß nicht|sin respuesta|no sabe|sans réponse|ne sait pas|sem resposta',
    'not rated|not yet rated|not applicable|not available|not answered|not asked|not specified|not provided|not given',
    'no rating|no score|no answer|no response|no reply|no opinion|no comment|no data|no value|did not answer|declined to answer',
    "don't know|do not know|dont know|i don't know|not sure|unsure|can't say|cannot say|prefer not to say|prefer not to answer|rather not say",
    '无 空 没有 暂无 未评分 未评价 未打分 未评 无评分 暂无评分 暂未评分 没有评分 没评分 不适用 不知道 不清楚 不了解 说不清 不确定 未知 缺失',
    '不愿回答 拒绝回答 不想回答 不便回答 跳过 未填写 未填 未回答 未作答 未选择 不方便透露',
  ].flatMap((line) => line.split(line.includes('|') ? '|' : ' ')),
);

/** Whether a cell says that there is no answer. Its brackets and its end do not matter: "(not rated)", "N/A." */
export function isNoAnswer(cell: string): boolean {
  const text = cell
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^[\s([{<]+|[\s)\]}>]+$/gu, '');
  if (/^[-–—−_.?/\\*]*$/u.test(text)) return true;
  return WORDS.has(text) || WORDS.has(text.replace(/[.!。]+$/u, ''));
}
