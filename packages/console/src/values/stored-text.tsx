import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useTexts } from '../texts/index.ts';

interface StoredTextProps {
  readonly text: string;
  /** As code, in a box of its own. */
  readonly block?: boolean;
  /** Characters that are shown at first. @default 20,000, which a page draws at once */
  readonly most?: number;
}

const drawnAtOnce = 20_000;

/** A text that somebody stored: of whatever length and in whatever direction, and never more than text. */
export function StoredText({ text, block = false, most = drawnAtOnce }: StoredTextProps) {
  const { t, language } = useTexts();
  const [whole, setWhole] = useState(false);
  const shown = whole ? text : text.slice(0, most);
  return (
    <>
      {block ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre className="code" tabIndex={0}>
          {shown}
        </pre>
      ) : (
        <span className="stored">{shown}</span>
      )}
      {shown.length < text.length && (
        <Button variant="inline-link" onClick={() => setWhole(true)}>
          {t('stored.more', { count: text.length.toLocaleString(language) })}
        </Button>
      )}
    </>
  );
}
