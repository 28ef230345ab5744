import type { paths } from '../../api/schema.gen';

type Answered<P extends keyof paths> = paths[P] extends {
  post: { responses: { 200: { content: { 'application/json': infer A } } } };
}
  ? A
  : never;
type DataOf<A> = A extends { readonly err_code: 0; readonly data: infer D } ? D : never;

export type ShownBrief = DataOf<Answered<'/dts-auto-brief/job/view'>>;
export type BriefStage = ShownBrief['data'][number];
export type BriefProgress = DataOf<Answered<'/dts-auto-brief/job/spider_progress'>>;
export type BriefTask = BriefProgress['tasks'][number];
export type ArticleList = DataOf<Answered<'/dts-auto-brief/job/view_article_list'>>;
export type AccountList = DataOf<Answered<'/dts-auto-brief/job/view_account_list'>>;

/** What an answer of this API brings; `answer` has thrown where its code says that it failed. */
export function dataOf<A extends { readonly data: unknown }>(told: A): DataOf<A> {
  return told.data as DataOf<A>;
}
