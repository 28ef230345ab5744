/** The counties, by the names that the files have: they are no text of ours, and stay as they are in every language. */
export const counties = [
  '臺北市',
  '臺中市',
  '基隆市',
  '臺南市',
  '高雄市',
  '新北市',
  '宜蘭縣',
  '桃園市',
  '嘉義市',
  '新竹縣',
  '苗栗縣',
  '南投縣',
  '彰化縣',
  '新竹市',
  '雲林縣',
  '嘉義縣',
  '屏東縣',
  '花蓮縣',
  '臺東縣',
  '金門縣',
  '澎湖縣',
  '連江縣',
] as const;

/** The county that the API shows where none is asked for. */
export const standardCounty = '新北市';

/** The counties that the address has between commas; nothing where none of them is known. */
export function chosenCounties(text: string | undefined): readonly string[] | undefined {
  const chosen = text?.split(',').filter((name) => counties.some((known) => known === name));
  return chosen?.length ? chosen : undefined;
}
