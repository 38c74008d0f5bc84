/** Where the keyboard is: it goes on from what it was at, also where that is gone. */

const HEADINGS = 'h1, h2, h3, [aria-current="step"]';

/** Gives the focus to something, also where Tab would not come to it (a heading). */
export function give(element: HTMLElement, how?: FocusOptions): void {
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus(how);
}

/** What the focus was put on for want of anything better, as long as nobody has done anything there. */
let kept: Element | null = null;

/** Whether nobody has the focus anywhere in particular: a page that knows where one goes on puts it there. */
export function nowhere(): boolean {
  const now = document.activeElement;
  return now === null || now === document.body || now.id === 'main' || now === kept;
}

function stands(element: Element | null | undefined): element is HTMLElement {
  return element instanceof HTMLElement && element.isConnected && !element.matches(':disabled') && element.getClientRects().length > 0;
}

/** Gives the focus to the first of some that is there and takes it. */
export function giveFirst(...some: readonly (Element | null | undefined)[]): void {
  const first = some.find(stands);
  if (first) give(first);
}

/** What something stands in, from the nearest outwards, each with the place in it. */
type Way = readonly (readonly [around: Element, at: number])[];

function wayTo(element: Element, end: Element): Way {
  const way: [Element, number][] = [];
  for (let here = element; here !== end && here.parentElement; here = here.parentElement) {
    way.push([here.parentElement, [...here.parentElement.children].indexOf(here)]);
  }
  return way;
}

/** What goes on from something that is gone: the like of it that took its place, else the heading of what it stood in. */
function next(gone: Element, way: Way): HTMLElement | null {
  const like = gone instanceof HTMLInputElement ? `input[type='${gone.type}']` : gone.localName;
  for (const [around, at] of way) {
    if (!around.isConnected) continue;
    const beside = around.children[at] ?? around.lastElementChild;
    const found = [beside, ...(beside?.querySelectorAll(like) ?? [])].find((one) => stands(one) && one.matches(like));
    if (stands(found)) return found;
    const heading = [...around.querySelectorAll(HEADINGS)].find(stands);
    if (heading) return heading;
    if (stands(around) && around.hasAttribute('tabindex')) return around;
  }
  return null;
}

/** Sees to it that the focus does not fall out of the page with what had it: a browser would begin again at the top. */
export function keepFocus(within: HTMLElement): void {
  let last: Element | null = null;
  let way: Way = [];
  const note = (element: Element) => {
    last = element;
    way = wayTo(element, within);
  };
  within.addEventListener('focusin', ({ target }) => target instanceof Element && note(target));
  for (const sign of ['keydown', 'pointerdown']) addEventListener(sign, () => (kept = null), { capture: true, passive: true });
  within.addEventListener('focusout', ({ target }) => {
    queueMicrotask(() => {
      // left on purpose, not with what had it
      if (target === last && last?.isConnected && document.activeElement === document.body) last = null;
    });
  });
  new MutationObserver(() => {
    if (!last) return;
    if (last.isConnected) {
      note(last);
      return;
    }
    const gone = last;
    last = null;
    if (document.activeElement === document.body) {
      const on = next(gone, way);
      if (on) give(on, { preventScroll: true });
      kept = on;
    }
  }).observe(within, { childList: true, subtree: true });
}
