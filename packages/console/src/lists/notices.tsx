import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { useTexts } from '../texts/index.ts';

interface Notice {
  readonly id: number;
  readonly type: FlashbarProps.Type;
  readonly text: string;
}

interface Notices {
  readonly list: readonly Notice[];
  /** Says above the page what came of an action. */
  readonly tell: (text: string, type?: FlashbarProps.Type) => void;
  readonly tellError: (error: unknown) => void;
  readonly dismiss: (id: number) => void;
}

// More would push the page away.
const mostNotices = 4;

const Context = createContext<Notices | undefined>(undefined);

/** Keeps what the application has to say. */
export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useTexts();
  const [list, setList] = useState<readonly Notice[]>([]);
  const tell: Notices['tell'] = (text, type = 'success') =>
    setList((before) => [{ id: (before[0]?.id ?? 0) + 1, type, text }, ...before].slice(0, mostNotices));
  const tellError: Notices['tellError'] = (error) => {
    const words = error instanceof ApiError ? error.message : t('error.unreachable');
    const requestId = error instanceof ApiError ? error.requestId : undefined;
    tell(requestId === undefined ? words : `${words} (${t('error.request')} ${requestId})`, 'error');
  };
  const dismiss = (id: number) => setList((before) => before.filter((notice) => notice.id !== id));
  return <Context value={{ list, tell, tellError, dismiss }}>{children}</Context>;
}

/** Says above the page what came of an action. */
export function useNotices(): Notices {
  const notices = useContext(Context);
  if (!notices) throw new Error('useNotices stands outside of its provider');
  return notices;
}

/** What there is to say, to be put away by the reader. */
export function NoticeBar() {
  const { t } = useTexts();
  const { list, dismiss } = useNotices();
  return (
    <Flashbar
      items={list.map(({ id, type, text }) => ({
        id: String(id),
        type,
        content: text,
        dismissible: true,
        dismissLabel: t('action.close'),
        onDismiss: () => dismiss(id),
      }))}
    />
  );
}
