import { type Answer, nothingHere, systemError, textAnswer } from './answers.ts';
import type { Archive } from './archive.ts';
import { articlePage } from './article-page.ts';
import { type Day, isSeason, type Season } from './calendar.ts';
import { countyOf } from './counties.ts';
import { earlierPublications, historyPage } from './history-page.ts';
import { seasonZip } from './season-zip.ts';
import type { SiteFile } from './site-file.ts';

/** What a request asks the site for. */
export type Asked =
  | { readonly for: 'list' }
  | { readonly for: 'county'; readonly county: string }
  | { readonly for: 'season'; readonly county: string; readonly season: Season }
  | { readonly for: 'zip'; readonly season: Season }
  | { readonly for: 'article'; readonly name: string }
  | { readonly for: 'nothing known' };

/** Reads a request's path and query. The real links have two slashes in front; one serves as well. */
export function asked(url: URL): Asked {
  const fileName = url.searchParams.get('fileName') ?? '';
  const county = countyOf(/^([a-z])_lvr_land_b\.csv$/i.exec(fileName)?.[1] ?? '')?.letter;
  const season = url.searchParams.get('season') ?? '';

  switch (url.pathname.replace(/^\/+/, '')) {
    case 'DownloadHistory_ajax_list':
      return { for: 'list' };
    case 'Download':
      return county === undefined ? { for: 'nothing known' } : { for: 'county', county };
    case 'DownloadSeason':
      return askedOfSeason(season, county, url);
    default:
      return askedOfArticle(url.pathname);
  }
}

/** Pages for the tagger to fetch: nothing that the real site has. */
function askedOfArticle(pathname: string): Asked {
  const name = /^\/articles\/([a-z-]+)$/.exec(pathname)?.[1];
  return name === undefined ? { for: 'nothing known' } : { for: 'article', name };
}

function askedOfSeason(season: Season, county: string | undefined, url: URL): Asked {
  if (!isSeason(season)) {
    return { for: 'nothing known' };
  }

  if (url.searchParams.get('type') === 'zip') {
    return url.searchParams.get('fileName') === 'lvr_landcsv.zip' ? { for: 'zip', season } : { for: 'nothing known' };
  }

  return county === undefined ? { for: 'nothing known' } : { for: 'season', county, season };
}

/** The site's answer on a day, as it is when nothing is broken. */
export async function answer(archive: Archive, today: Day, request: Asked): Promise<Answer> {
  const current = archive.current(today);

  switch (request.for) {
    case 'list':
      return listAnswer(archive, today, current === undefined ? [] : earlierPublications(current));
    case 'county':
      return fileAnswer(
        request.county,
        current === undefined ? undefined : await archive.county(current, request.county),
      );
    case 'season':
      return archive.seasons(today).includes(request.season)
        ? fileAnswer(request.county, await archive.season(request.season, request.county))
        : systemError(200);
    case 'zip':
      return archive.seasons(today).includes(request.season) ? zipAnswer(archive, request.season) : systemError(200);
    case 'article': {
      const page = articlePage(request.name);
      return page === undefined ? nothingHere() : textAnswer(200, 'text/html;charset=UTF-8', page);
    }
    case 'nothing known':
      return nothingHere();
  }
}

/** The list page with these dates on it, whatever is current. */
export function listAnswer(archive: Archive, today: Day, dates: readonly Day[]): Answer {
  return textAnswer(200, 'text/html;charset=UTF-8', historyPage(dates, archive.seasons(today)));
}

/** A county's file as a download; 404 where there is none. */
export function fileAnswer(county: string, file: SiteFile | undefined): Answer {
  if (file === undefined) {
    return nothingHere();
  }

  const headers = {
    'content-type': 'text/csv;charset=UTF-8',
    'content-disposition': `attachment; filename=${county.toLowerCase()}_lvr_land_b.csv`,
  };
  return { status: 200, headers, bytes: file.bytes, read: (first) => file.read(first) };
}

function zipAnswer(archive: Archive, season: Season): Answer {
  const headers = { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename=lvr_landcsv.zip' };
  return { status: 200, headers, read: () => seasonZip(archive, season) };
}
