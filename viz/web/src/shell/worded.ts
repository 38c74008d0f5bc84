/** The one place where what went wrong becomes words for who looks at a page, in the language that they read now. */
import type { Problem } from '../api/client';
import { inBoth, language, type Key, type Language } from '../texts';

/** What the page itself has to say of, where nobody else does. */
const OWN: Readonly<Record<string, readonly [title: Key | null, detail: Key | null]>> = {
  fault: ['error.fault', null],
  unreachable: [null, 'error.unreachable'],
  unreadable: [null, 'error.unreadable'],
};

interface Words {
  title: string;
  detail: string;
}

export function worded(problem: Problem): Words {
  return wordedInBoth(problem)[language.value];
}

function wordedInBoth({ both, code, detail, title }: Problem): Record<Language, Words> {
  const [own, way] = OWN[code] ?? [null, null];
  return inBoth((text, lang) => {
    const said = both?.[lang] ?? { title, detail };
    return { title: said.title || (own ? text(own) : ''), detail: said.detail || (way ? text(way) : '') };
  });
}

/** The same in one sentence, for where there is room for no more. */
export function spoken(problem: Problem): string {
  return spokenInBoth(problem)[language.value];
}

/** That sentence in each language, for what is kept beside what the service says in both. */
export function spokenInBoth(problem: Problem): Record<Language, string> {
  const { en, zh } = wordedInBoth(problem);
  return { en: en.detail || en.title, zh: zh.detail || zh.title };
}
