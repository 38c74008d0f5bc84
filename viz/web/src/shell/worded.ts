/** The one place where what went wrong becomes words for who looks at a page, in the language that they read now. */
import type { Problem } from '../api/client';
import { language, t, type Key } from '../texts';

/** What the page itself has to say of, where nobody else does. */
const OWN: Readonly<Record<string, readonly [title: Key | null, detail: Key | null]>> = {
  fault: ['error.fault', null],
  unreachable: [null, 'error.unreachable'],
  unreadable: [null, 'error.unreadable'],
};

export function worded({ both, code, detail, title }: Problem): { title: string; detail: string } {
  const said = both?.[language.value] ?? { title, detail };
  const [own, way] = OWN[code] ?? [null, null];
  return { title: said.title || (own ? t(own) : ''), detail: said.detail || (way ? t(way) : '') };
}

/** The same in one sentence, for where there is room for no more. */
export function spoken(problem: Problem): string {
  const { title, detail } = worded(problem);
  return detail || title;
}
