import { firstPublicationOf, partsOf, type Season, seasonBefore } from '../calendar.ts';
import type { County } from '../counties.ts';
import { projectLocation, projectName } from './names.ts';
import { type Random, randomFor } from './random.ts';

/** A home of a project as it is sold over and over: a flat's areas hold its share of the common parts. */
export interface Home {
  readonly rooms: number;
  readonly livingRooms: number;
  readonly bathrooms: number;
  /** Without the parking space. */
  readonly areaM2: number;
  readonly landM2: number;
}

/** A building project: its deals share name, place, price level and kinds of homes, as real ones do. */
export interface Project {
  readonly name: string;
  readonly district: string;
  readonly location: string;
  /** Urban zone, or else the rural zone with its use. */
  readonly zone: readonly [urban: string, rural: string, ruralUse: string];
  readonly buildingType: string;
  readonly mainUse: string;
  readonly material: string;
  readonly totalFloors: number;
  readonly landPieces: number;
  readonly unitPriceTwdPerM2: number;
  readonly homes: readonly Home[];
  readonly parking: { readonly type: string; readonly areaM2: number; readonly priceTwd: number };
  readonly blocks: readonly string[];
  readonly note: string;
}

/** A project sells for a year: it has deals in the season it opens in and in the three after. */
const SEASONS_ON_SALE = 4;

/** The projects of a county that are on sale in a season. */
export function projectsOnSale(seed: string, county: County, season: Season): Project[] {
  const opened = [season];
  while (opened.length < SEASONS_ON_SALE) {
    opened.push(seasonBefore(opened.at(-1) ?? season));
  }

  return opened.flatMap((opening) => projectsOpenedIn(seed, county, opening));
}

function projectsOpenedIn(seed: string, county: County, season: Season): Project[] {
  const random = randomFor(seed, 'projects', county.letter, season);
  const count = Math.max(1, Math.round(county.dealsPerPublication / 14));
  return Array.from({ length: count }, () => project(random, county, season));
}

function project(random: Random, county: County, season: Season): Project {
  const kind = random.chance(county.houses)
    ? houses
    : random.weighted([
        [tower, 88],
        [lowRise, 9],
        [offices, 3],
      ]);
  const district = random.pick(county.districts.split(' '));
  const prices = county.priceTwdPerM2 * yearlyPriceLevel(season) * (0.75 + 0.5 * random.fraction());
  const built = kind(random);

  return {
    name: projectName(random),
    district,
    location: projectLocation(random, county.name + district),
    zone: zone(random),
    material: random.weighted([
      ['鋼筋混凝土造', 88],
      ['鋼骨鋼筋混凝土造', 9],
      ['見其他登記事項', 3],
    ]),
    landPieces: random.chance(0.45) ? 1 : random.whole(2, 24),
    unitPriceTwdPerM2: Math.round(prices),
    blocks: 'ABCDEF'.slice(0, random.whole(1, 6)).split(''),
    note: random.chance(0.12) ? random.pick(PROJECT_NOTES) : '',
    parking: parkingOf(random, county, built),
    ...built,
  };
}

function parkingOf(random: Random, county: County, built: Built): Project['parking'] {
  const kinds = [
    ['坡道平面', 90],
    ['升降平面', 4],
    ['升降機械', 3],
    ['塔式車位', 2],
    ['其他', 1],
  ] as const;
  return {
    type: built.totalFloors <= 5 ? '一樓平面' : random.weighted(kinds),
    areaM2: random.whole(2200, 3900) / 100,
    priceTwd: Math.round((county.priceTwdPerM2 * random.whole(11, 16)) / 50_000) * 50_000,
  };
}

/** Prices rose by about seven in a hundred each year; 2022 is where the counties' figures hold. */
function yearlyPriceLevel(season: Season): number {
  return 1.07 ** (partsOf(firstPublicationOf(season)).year - 2022);
}

const PROJECT_NOTES = [
  '雨遮面積登記不計價',
  '雨遮計坪不計價',
  '總價含家電',
  '社區公共設施依持分比例登記',
  '本案採逐層驗證工法',
] as const;

type Built = Pick<Project, 'buildingType' | 'mainUse' | 'totalFloors' | 'homes'>;

function tower(random: Random): Built {
  const mainUse = random.weighted([
    ['住家用', 92],
    ['見其他登記事項', 5],
    ['住商用', 3],
  ]);
  return {
    buildingType: '住宅大樓(11層含以上有電梯)',
    mainUse,
    totalFloors: random.whole(11, 32),
    homes: flats(random),
  };
}

function lowRise(random: Random): Built {
  return {
    buildingType: '華廈(10層含以下有電梯)',
    mainUse: '住家用',
    totalFloors: random.whole(6, 10),
    homes: flats(random),
  };
}

function houses(random: Random): Built {
  const homes = Array.from({ length: random.whole(1, 3) }, () => ({
    rooms: random.whole(3, 5),
    livingRooms: random.whole(1, 2),
    bathrooms: random.whole(3, 5),
    areaM2: random.whole(13_000, 26_000) / 100,
    landM2: random.whole(6_000, 13_000) / 100,
  }));
  return { buildingType: '透天厝', mainUse: '住家用', totalFloors: random.whole(3, 5), homes };
}

function offices(random: Random): Built {
  const [buildingType, mainUse] = random.pick([
    ['辦公商業大樓', '商業用'],
    ['廠辦', '工業用'],
    ['店面(店鋪)', '商業用'],
  ] as const);
  const homes = Array.from({ length: 3 }, () => {
    const areaM2 = random.whole(4_000, 30_000) / 100;
    return { rooms: 0, livingRooms: 0, bathrooms: 0, areaM2, landM2: Math.round(areaM2 * 15) / 100 };
  });
  return { buildingType, mainUse, totalFloors: random.whole(6, 20), homes };
}

function flats(random: Random): Home[] {
  return Array.from({ length: random.whole(3, 6) }, () => {
    const rooms = random.weighted([
      [1, 10],
      [2, 42],
      [3, 40],
      [4, 8],
    ]);
    const areaM2 = random.whole((18 + rooms * 24) * 100, (34 + rooms * 28) * 100) / 100;
    return {
      rooms,
      livingRooms: rooms === 1 ? 1 : 2,
      bathrooms: Math.max(1, rooms - (rooms > 1 && random.chance(0.6) ? 1 : 0)),
      areaM2,
      landM2: Math.round(areaM2 * random.whole(11, 20)) / 100,
    };
  });
}

function zone(random: Random): Project['zone'] {
  return random.weighted<Project['zone']>([
    [['住', '', ''], 80],
    [['商', '', ''], 14],
    [['工', '', ''], 1],
    [['其他', '', ''], 1],
    [['', '鄉村區', '乙種建築用地'], 3],
    [['', '山坡地保育區', '丙種建築用地'], 1],
  ]);
}
