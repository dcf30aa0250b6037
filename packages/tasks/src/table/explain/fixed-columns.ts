/** Columns that nobody can change, by their names: it is of no use to advise a person to be younger. */

const WORDS = new Set(
  (
    'age sex gender birth birthday birthdate birthplace born dob yob id uuid guid race ethnicity ethnic nationality native ' +
    'citizenship ancestry'
  ).split(' '),
);
const CHINESE =
  /年龄|年纪|岁数|性别|出生|生日|民族|种族|国籍|籍贯|编号|身份证|工号|学号|序号|年齡|性別|種族|國籍|籍貫|編號|身分證/;

export function isFixedColumn(name: string): boolean {
  // customerID, IDNumber, birth_date
  const words = name
    .replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => WORDS.has(word)) || CHINESE.test(name);
}
