import { route } from '#kit/api/route.ts';
import { InvalidInputError } from '#kit/errors.ts';
import { listings } from '../lists/figures.ts';
import { ownStage } from './access.ts';
import { accounts, articles } from './answers.ts';
import { accountSearch, articleSearch } from './parameters.ts';
import type { BriefsApiPorts } from './ports.ts';
import { shownAccount, shownArticle } from './shown.ts';

const description = 'Of page_offset and page_size the first is how long a page is, the second its number.';

/** POST /dts-auto-brief/job/view_article_list */
export const listArticles = route({
  summary: 'Articles of a stage on one platform.',
  description,
  permission: 'own',
  body: articleSearch,
  bodyOrQuery: true,
  answers: { 200: articles },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { page, pageNumber, sortValue, descending, ...filter } = body;
    const { stage } = await ownStage(filter.stage, caller, ports);
    const listing = listings[filter.platform];
    const by = listing.sorts[sortValue - 1];
    if (by === undefined) throw wrong('sort_value', `Must be from 1 to ${listing.sorts.length} on this platform.`);
    const { data, total } = await ports.briefs.articles({ ...filter, stage }, { by, descending }, page);
    return inner(
      data.map((article) => shownArticle(article, listing.article)),
      pageNumber,
      total,
    );
  },
});

/** POST /dts-auto-brief/job/view_account_list */
export const listAccounts = route({
  summary: 'Accounts that wrote the articles of a stage on one platform, those with most articles first.',
  description,
  permission: 'own',
  body: accountSearch,
  bodyOrQuery: true,
  answers: { 200: accounts },
  handle: async ({ body, caller }, ports: BriefsApiPorts) => {
    const { page, pageNumber, levels, ...filter } = body;
    const { stage } = await ownStage(filter.stage, caller, ports);
    const known = levels.filter((level) => level !== undefined);
    if (known.length < levels.length) throw wrong('kol_level', 'Must be from 1 to 4.');
    const { data, total } = await ports.briefs.accounts({ ...filter, stage, levels: known }, page);
    return inner(
      data.map((account) => shownAccount(account, filter.platform)),
      pageNumber,
      total,
    );
  },
});

/** The front end reads an envelope within the envelope, with the page's number as `pageSize`. */
function inner(data: readonly unknown[], pageSize: number, totalNum: number) {
  return { status: 200, body: { err_code: 0, err_msg: 'success.', data: { data, pageSize, totalNum } } };
}

function wrong(field: string, reason: string): InvalidInputError {
  return new InvalidInputError({ json: { [field]: [reason] } });
}
