import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter, lintGutter } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { basicSetup, EditorView } from 'codemirror';
import { useEffect, useRef } from 'react';

export interface JsonEditorProps {
  /** What is in it at first. */
  readonly value: string;
  readonly label: string;
  readonly change: (text: string) => void;
  /** With it the editor shows what is different from it. */
  readonly original?: string;
}

// Colours of the page, in light and dark alike.
const look = EditorView.theme({
  '&': { border: '1px solid light-dark(#8c8c94, #656871)', borderRadius: '8px', fontSize: '13px' },
  '.cm-scroller': { maxHeight: '28rem', overflow: 'auto', borderRadius: '8px' },
  '.cm-content': { caretColor: 'light-dark(#000, #fff)' },
  '.cm-gutters': { background: 'light-dark(#f3f3f7, #161d26)', color: 'light-dark(#424650, #b4b4bb)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'light-dark(#eef5ff66, #33415566)' },
  // The colours that come with the editor are for light alone.
  '.cm-line > span': { color: 'light-dark(#8f1d00, #ffb199)' },
  '.cm-cursor': { borderLeftColor: 'light-dark(#000, #fff)' },
});

/** An editor that checks JSON while it is written. It is loaded where somebody edits, not before. */
export default function JsonEditor({ value, label, change, original }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  // The editor keeps its own text: it is made once for each text that is given.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed must not make it anew
  useEffect(() => {
    if (!place.current) return;
    // In a shadow root the editor adopts its style sheets; in the document it would write them, which the policy forbids.
    const root = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' });
    const view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: value,
        extensions: [
          basicSetup,
          json(),
          linter(jsonParseLinter()),
          lintGutter(),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          ...(original === undefined ? [] : [unifiedMergeView({ original, mergeControls: false })]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change(update.state.doc.toString());
          }),
        ],
      }),
    });
    // What scrolls must be reached by keyboard.
    view.scrollDOM.tabIndex = 0;
    return () => view.destroy();
  }, [original, label]);
  return <div ref={place} />;
}
