/** Whether the page is being printed: what is cut for the screen's sake is drawn for paper, before the browser takes its picture. */
import { options } from 'preact';
import { Signal } from './signal';

export const onPaper = new Signal(false);

/** Changes it, and has it drawn at once: `window.print()` lets no task run between the event and the picture. */
function put(now: boolean): void {
  const before = options.debounceRendering?.bind(options);
  options.debounceRendering = (draw) => draw();
  try {
    onPaper.value = now;
  } finally {
    if (before) options.debounceRendering = before;
    else delete options.debounceRendering;
  }
}

export function followPrinting(): void {
  addEventListener('beforeprint', () => put(true));
  addEventListener('afterprint', () => put(false));
}
