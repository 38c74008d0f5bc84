/** Where the focus is when what had it is gone. */

/** Whether nothing in particular has the focus. */
export function nowhere(): boolean {
  const now = document.activeElement;
  return now === null || now === document.body || now.id === 'main';
}
