import type { Random } from './random.ts';

const FIRST = '璞晴禾森雲沐和青川澄悅景映築海謙遠恆鉑御耀瀚品綠'.split('');
const SECOND = '心丘境原光庭石序寓邸田帆嶼里園若谷湖月朗'.split('');
const BUILDERS = ['日森建設', '大川', '合澤', '長禾', '立寬', '品沅', '東築', ''] as const;
const ENDINGS = ['', '', '', '', '特區', 'II', 'III', ' A7', 'ONE', 'Park', '·晴', '6期'] as const;

/** A name as builders give them, some with Latin letters. None is meant to be a real project's. */
export function projectName(random: Random): string {
  const builder = random.chance(0.2) ? random.pick(BUILDERS) : '';
  return `${builder}${random.pick(FIRST)}${random.pick(FIRST)}${random.pick(SECOND)}${random.pick(ENDINGS)}`;
}

const ROADS =
  '中正路 中山路 民權路 復興路 文化路 仁愛路 光復路 成功路 建國路 和平路 自強路 大同路 信義路 新生路 三民路 博愛路 中華路 民族路'.split(
    ' ',
  );
const SECTIONS = '大安段 福德段 新興段 中和段 崇德段 文小段 東勢段 水源段 永福段 青埔段'.split(' ');

/** Where a building that has no house number yet stands: beside a house, at a crossing, or on a lot. */
export function projectLocation(random: Random, place: string): string {
  const road = random.pick(ROADS) + (random.chance(0.4) ? `${random.pick(['一', '二', '三', '四'])}段` : '');
  const number = random.whole(1, 480);

  return random.weighted<() => string>([
    [() => `${place}${road}${number}號旁`, 4],
    [() => `${place}${road}${wide(number)}號對面`, 2],
    [() => `${place}${road}${random.whole(2, 300)}巷`, 3],
    [() => `${place}${road}、${random.pick(ROADS)}交叉口`, 2],
    [() => `${place}${random.pick(SECTIONS)}${number}-${random.whole(1, 20)}地號`, 2],
  ])();
}

/** Full-width digits, as many of the real addresses have. */
function wide(number: number): string {
  return String(number).replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
}
