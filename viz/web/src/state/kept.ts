/** What this browser keeps of how one likes it; nothing of the city, and nothing where a browser keeps nothing. */
type Name = 'language' | 'minimap' | 'theme' | 'tiles' | 'visited';

export function read(name: Name): string | null {
  try {
    return localStorage.getItem(`lianjian.${name}`);
  } catch {
    return null;
  }
}

export function write(name: Name, value: string): void {
  try {
    localStorage.setItem(`lianjian.${name}`, value);
  } catch {
    // then it holds until the page is closed
  }
}
