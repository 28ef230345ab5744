import type { CountyLetter } from './counties.ts';

/** The page that lists the earlier publications of this season. */
export function listUrl(siteUrl: string): string {
  return `${trimmed(siteUrl)}/DownloadHistory_ajax_list`;
}

/** The current publication of a county. The site's own links have the double slash. */
export function currentUrl(siteUrl: string, county: CountyLetter): string {
  return `${trimmed(siteUrl)}//Download?fileName=${county.toLowerCase()}_lvr_land_b.csv`;
}

/** A past season of a county. */
export function seasonUrl(siteUrl: string, season: string, county: CountyLetter): string {
  return `${trimmed(siteUrl)}//DownloadSeason?season=${season}&fileName=${county}_lvr_land_B.csv`;
}

function trimmed(siteUrl: string): string {
  return siteUrl.replace(/\/+$/, '');
}
