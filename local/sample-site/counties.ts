/** One county of the site: its letter names its files. */
export interface County {
  readonly letter: string;
  readonly name: string;
  /** Deals of ten days in a usual year. Below about three there are publications without any. */
  readonly dealsPerPublication: number;
  /** New homes there cost about this much, in TWD for a square metre. */
  readonly priceTwdPerM2: number;
  /** Share of the projects that are rows of houses, not towers. */
  readonly houses: number;
  /** Separated by a space. */
  readonly districts: string;
}

/** The 22 counties, by letter (L, R, S and Y were given up when counties merged). */
export const counties: readonly County[] = [
  {
    letter: 'A',
    name: '臺北市',
    dealsPerPublication: 150,
    priceTwdPerM2: 290_000,
    houses: 0,
    districts: '中正區 大同區 中山區 松山區 大安區 萬華區 信義區 士林區 北投區 內湖區 南港區 文山區',
  },
  {
    letter: 'B',
    name: '臺中市',
    dealsPerPublication: 430,
    priceTwdPerM2: 125_000,
    houses: 0.08,
    districts: '西屯區 北屯區 南屯區 北區 東區 南區 太平區 大里區 烏日區 潭子區 沙鹿區 梧棲區 豐原區 大雅區',
  },
  {
    letter: 'C',
    name: '基隆市',
    dealsPerPublication: 34,
    priceTwdPerM2: 88_000,
    houses: 0.02,
    districts: '仁愛區 信義區 中正區 中山區 安樂區 七堵區 暖暖區',
  },
  {
    letter: 'D',
    name: '臺南市',
    dealsPerPublication: 240,
    priceTwdPerM2: 92_000,
    houses: 0.2,
    districts: '安南區 永康區 東區 北區 南區 安平區 中西區 善化區 新市區 仁德區 歸仁區 新營區',
  },
  {
    letter: 'E',
    name: '高雄市',
    dealsPerPublication: 330,
    priceTwdPerM2: 98_000,
    houses: 0.08,
    districts: '楠梓區 左營區 鼓山區 三民區 前鎮區 苓雅區 小港區 鳳山區 仁武區 橋頭區 大寮區 岡山區 路竹區',
  },
  {
    letter: 'F',
    name: '新北市',
    dealsPerPublication: 420,
    priceTwdPerM2: 160_000,
    houses: 0.01,
    districts:
      '板橋區 三重區 中和區 永和區 新莊區 新店區 土城區 蘆洲區 汐止區 樹林區 鶯歌區 三峽區 淡水區 五股區 泰山區 林口區 八里區',
  },
  {
    letter: 'G',
    name: '宜蘭縣',
    dealsPerPublication: 36,
    priceTwdPerM2: 80_000,
    houses: 0.3,
    districts: '宜蘭市 羅東鎮 礁溪鄉 頭城鎮 五結鄉 員山鄉 壯圍鄉 冬山鄉',
  },
  {
    letter: 'H',
    name: '桃園市',
    dealsPerPublication: 410,
    priceTwdPerM2: 108_000,
    houses: 0.04,
    districts: '桃園區 中壢區 八德區 平鎮區 龜山區 蘆竹區 大園區 楊梅區 龍潭區 大溪區 觀音區 新屋區',
  },
  {
    letter: 'I',
    name: '嘉義市',
    dealsPerPublication: 22,
    priceTwdPerM2: 78_000,
    houses: 0.35,
    districts: '東區 西區',
  },
  {
    letter: 'J',
    name: '新竹縣',
    dealsPerPublication: 130,
    priceTwdPerM2: 130_000,
    houses: 0.1,
    districts: '竹北市 竹東鎮 湖口鄉 新豐鄉 新埔鎮 寶山鄉 芎林鄉 關西鎮',
  },
  {
    letter: 'K',
    name: '苗栗縣',
    dealsPerPublication: 62,
    priceTwdPerM2: 78_000,
    houses: 0.25,
    districts: '頭份市 竹南鎮 苗栗市 苑裡鎮 後龍鎮 公館鄉 銅鑼鄉 三義鄉',
  },
  {
    letter: 'M',
    name: '南投縣',
    dealsPerPublication: 26,
    priceTwdPerM2: 72_000,
    houses: 0.45,
    districts: '南投市 草屯鎮 埔里鎮 竹山鎮 名間鄉 集集鎮',
  },
  {
    letter: 'N',
    name: '彰化縣',
    dealsPerPublication: 90,
    priceTwdPerM2: 80_000,
    houses: 0.3,
    districts: '彰化市 員林市 鹿港鎮 和美鎮 溪湖鎮 北斗鎮 花壇鄉 大村鄉 秀水鄉 福興鄉',
  },
  {
    letter: 'O',
    name: '新竹市',
    dealsPerPublication: 58,
    priceTwdPerM2: 150_000,
    houses: 0.06,
    districts: '東區 北區 香山區',
  },
  {
    letter: 'P',
    name: '雲林縣',
    dealsPerPublication: 40,
    priceTwdPerM2: 72_000,
    houses: 0.4,
    districts: '斗六市 虎尾鎮 斗南鎮 西螺鎮 北港鎮 麥寮鄉 土庫鎮',
  },
  {
    letter: 'Q',
    name: '嘉義縣',
    dealsPerPublication: 24,
    priceTwdPerM2: 70_000,
    houses: 0.5,
    districts: '太保市 朴子市 民雄鄉 水上鄉 中埔鄉 大林鎮 竹崎鄉',
  },
  {
    letter: 'T',
    name: '屏東縣',
    dealsPerPublication: 48,
    priceTwdPerM2: 68_000,
    houses: 0.5,
    districts: '屏東市 潮州鎮 東港鎮 內埔鄉 萬丹鄉 長治鄉 九如鄉 恆春鎮',
  },
  {
    letter: 'U',
    name: '花蓮縣',
    dealsPerPublication: 17,
    priceTwdPerM2: 85_000,
    houses: 0.3,
    districts: '花蓮市 吉安鄉 新城鄉 壽豐鄉 鳳林鎮',
  },
  {
    letter: 'V',
    name: '臺東縣',
    dealsPerPublication: 9,
    priceTwdPerM2: 70_000,
    houses: 0.4,
    districts: '臺東市 卑南鄉 成功鎮 關山鎮 太麻里鄉',
  },
  {
    letter: 'W',
    name: '金門縣',
    dealsPerPublication: 2,
    priceTwdPerM2: 78_000,
    houses: 0.4,
    districts: '金城鎮 金湖鎮 金寧鄉 金沙鎮 烈嶼鄉',
  },
  {
    letter: 'X',
    name: '澎湖縣',
    dealsPerPublication: 2,
    priceTwdPerM2: 74_000,
    houses: 0.3,
    districts: '馬公市 湖西鄉 白沙鄉 西嶼鄉 望安鄉',
  },
  {
    letter: 'Z',
    name: '連江縣',
    dealsPerPublication: 0.2,
    priceTwdPerM2: 72_000,
    houses: 0.2,
    districts: '南竿鄉 北竿鄉 莒光鄉 東引鄉',
  },
];

/** The county of a letter in either case; undefined for a letter without one. */
export function countyOf(letter: string): County | undefined {
  return counties.find((county) => county.letter === letter.toUpperCase());
}
