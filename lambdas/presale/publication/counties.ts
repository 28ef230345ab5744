/** The ministry's letters of the counties that exist, in its order, with their names. */
export const counties = {
  A: '臺北市',
  B: '臺中市',
  C: '基隆市',
  D: '臺南市',
  E: '高雄市',
  F: '新北市',
  G: '宜蘭縣',
  H: '桃園市',
  I: '嘉義市',
  J: '新竹縣',
  K: '苗栗縣',
  M: '南投縣',
  N: '彰化縣',
  O: '新竹市',
  P: '雲林縣',
  Q: '嘉義縣',
  T: '屏東縣',
  U: '花蓮縣',
  V: '臺東縣',
  W: '金門縣',
  X: '澎湖縣',
  Z: '連江縣',
} as const;

/** A county as the ministry's file names have it, upper case. */
export type CountyLetter = keyof typeof counties;

/** A county as people and the database have it. */
export type CountyName = (typeof counties)[CountyLetter];

/** Every letter, in the ministry's order. */
export const countyLetters = Object.keys(counties) as [CountyLetter, ...CountyLetter[]];

/** Every name, in the order of the letters. */
export const countyNames = Object.values(counties) as [CountyName, ...CountyName[]];
