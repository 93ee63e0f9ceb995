// Seeded faults: the linter must find each one. Not compiled, not shipped; test/lint.test.ts runs the linter over it.
type Verdict = 'public' | 'not-public' | 'unknown';

async function write(): Promise<void> {
  await Promise.resolve();
}

export function forgets(): void {
  write();
}

export function misuses(items: readonly string[]): void {
  items.forEach(async () => {
    await write();
  });
}

export function says(verdict: Verdict): string {
  switch (verdict) {
    case 'public':
      return 'yes';
    case 'not-public':
      return 'no';
  }
  return '';
}

export const anything = (value: any): unknown => value;
