import { type Day, dealsOf, partsOf, rocDate } from '../calendar.ts';
import { areaText, type Cells, chineseNumber } from './csv-format.ts';
import type { Home, Project } from './projects.ts';
import type { Random } from './random.ts';

const DEAL_NOTES = [
  '親友、員工、共有人或其他特殊關係間之交易；',
  '含裝潢費；',
  '含裝潢費；含傢俱設備費；',
  '含增建或未登記建物；',
  '車位價格已含於總價',
] as const;

/** The cells of one deal of a project in a publication; price, areas and unit price agree with each other. */
export function deal(random: Random, project: Project, publication: Day): Cells {
  return random.chance(0.004) ? parkingOnly(random, project, publication) : homeDeal(random, project, publication);
}

function homeDeal(random: Random, project: Project, publication: Day): Cells {
  const home = random.pick(project.homes);
  const floor = random.whole(2, Math.max(2, project.totalFloors));
  const parking = boughtParking(random, project, home);
  const buildingM2 = round2(home.areaM2 + parking.areaM2);
  const forHomeTwd = home.areaM2 * project.unitPriceTwdPerM2 * (1 + 0.003 * floor) * (0.96 + 0.08 * random.fraction());
  const totalTwd = Math.round((forHomeTwd + parking.priceTwd) / 10_000) * 10_000;

  return [
    project.district,
    parking.spaces > 0 ? '房地(土地+建物)+車位' : '房地(土地+建物)',
    project.location,
    areaText(home.landM2),
    ...project.zone,
    dealDay(random, publication),
    `土地${project.landPieces}建物1車位${parking.spaces}`,
    floorText(random, project, floor),
    String(project.totalFloors),
    project.buildingType,
    project.mainUse,
    project.material,
    '',
    areaText(buildingM2),
    String(home.rooms),
    String(home.livingRooms),
    String(home.bathrooms),
    home.rooms > 0 ? '有' : '無',
    '無',
    String(totalTwd),
    unitPrice(totalTwd, buildingM2, parking),
    parking.type,
    areaText(parking.areaM2),
    String(parking.priceTwd),
    random.chance(0.08) ? random.pick(DEAL_NOTES) : project.note,
    '',
    project.name,
    `${random.pick(project.blocks)}棟${random.whole(1, 16)}號`,
    random.chance(0.006) ? `全部解約${dealDay(random, publication)}` : '',
  ];
}

/** A space sold by itself: no land, no unit price, and the target is the space. */
function parkingOnly(random: Random, project: Project, publication: Day): Cells {
  const { type, areaM2, priceTwd } = project.parking;
  return [
    project.district,
    '車位',
    project.location,
    '0.0',
    ...['', '', ''],
    dealDay(random, publication),
    '土地0建物1車位1',
    `地下${chineseNumber(random.whole(1, 4))}層`,
    String(project.totalFloors),
    project.buildingType,
    '停車空間',
    project.material,
    '',
    areaText(areaM2),
    ...['0', '0', '0', '無', '無'],
    String(priceTwd),
    '',
    type,
    areaText(areaM2),
    String(priceTwd),
    '',
    '',
    project.name,
    `${random.pick(project.blocks)}棟${random.whole(1, 16)}號`,
    '',
  ];
}

interface Parking {
  readonly spaces: number;
  readonly type: string;
  readonly areaM2: number;
  readonly priceTwd: number;
}

function boughtParking(random: Random, project: Project, home: Home): Parking {
  const spaces =
    home.rooms <= 1 && random.chance(0.6)
      ? 0
      : random.weighted([
          [0, 12],
          [1, 84],
          [2, 4],
        ]);
  if (spaces === 0) {
    return { spaces, type: '', areaM2: 0, priceTwd: 0 };
  }

  if (project.buildingType === '透天厝') {
    // A house's own space on the ground floor has neither an area nor a price of its own.
    return { spaces: 1, type: '一樓平面', areaM2: 0, priceTwd: 0 };
  }

  const { type, areaM2, priceTwd } = project.parking;
  return { spaces, type, areaM2: round2(areaM2 * spaces), priceTwd: priceTwd * spaces };
}

/** The site's own rule: the price without parking over the area without parking, rounded to a whole. */
function unitPrice(totalTwd: number, buildingM2: number, parking: Parking): string {
  return String(Math.round((totalTwd - parking.priceTwd) / round2(buildingM2 - parking.areaM2)));
}

function floorText(random: Random, project: Project, floor: number): string {
  if (project.buildingType === '透天厝') {
    return '全';
  }

  return random.weighted([
    [`${chineseNumber(floor)}層`, 480],
    ['一層', 4],
    ['見其他登記事項', 2],
    ['1+2層', 1],
    [`${floor}層`, 1],
  ]);
}

function dealDay(random: Random, publication: Day): string {
  const { from, to } = dealsOf(publication);
  const dayOfMonth = random.whole(partsOf(from).dayOfMonth, partsOf(to).dayOfMonth);
  return rocDate(`${from.slice(0, 8)}${String(dayOfMonth).padStart(2, '0')}`);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
