import Pagination from '@cloudscape-design/components/pagination';
import { useTexts } from '../texts/index.ts';

interface ListPagesProps {
  /** The first page is 1. */
  readonly page: number;
  readonly goTo: (page: number) => void;
  readonly count: number;
}

/** Leads from page to page of a list; an empty one has a page, too. */
export function ListPages({ page, goTo, count }: ListPagesProps) {
  const { t } = useTexts();
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={Math.max(1, count)}
      onChange={({ detail }) => goTo(detail.currentPageIndex)}
      ariaLabels={{
        nextPageLabel: t('list.next'),
        previousPageLabel: t('list.previous'),
        pageLabel: (number) => t('list.page', { number }),
      }}
    />
  );
}
